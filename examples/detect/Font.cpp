#include "Font.h"

#include <cctype>
#include <cstddef>
#include <cstring>
#include <iterator>

namespace detect {
namespace {

// A line of letters as they look, each 5 dots wide with one column of blank after it.
struct Line {
  const char *letters;
  const char *dots[fontHeight];
};

constexpr Line lines[] = {
    {"ABCDEFGHIJKLM",
     {" ###  ####   ###  ####  ##### #####  ###  #   #  ###    ### #   # #     #   # ",
      "#   # #   # #   # #   # #     #     #   # #   #   #      #  #  #  #     ## ## ",
      "#   # #   # #     #   # #     #     #     #   #   #      #  # #   #     # # # ",
      "##### ####  #     #   # ####  ####  # ### #####   #      #  ##    #     # # # ",
      "#   # #   # #     #   # #     #     #   # #   #   #      #  # #   #     #   # ",
      "#   # #   # #   # #   # #     #     #   # #   #   #   #  #  #  #  #     #   # ",
      "#   # ####   ###  ####  ##### #      ###  #   #  ###   ##   #   # ##### #   # "}},
    {"NOPQRSTUVWXYZ",
     {"#   #  ###  ####   ###  ####   #### ##### #   # #   # #   # #   # #   # ##### ",
      "##  # #   # #   # #   # #   # #       #   #   # #   # #   # #   # #   #     # ",
      "##  # #   # #   # #   # #   # #       #   #   # #   # #   #  # #   # #     #  ",
      "# # # #   # ####  #   # ####   ###    #   #   # #   # # # #   #     #     #   ",
      "#  ## #   # #     # # # # #       #   #   #   # #   # # # #  # #    #    #    ",
      "#  ## #   # #     #  #  #  #      #   #   #   #  # #  ## ## #   #   #   #     ",
      "#   #  ###  #      ## # #   # ####    #    ###    #   #   # #   #   #   ##### "}},
    {"0123456789",
     {" ###    #    ###   ###     #  #####  ###  #####  ###   ###  ",
      "#   #  ##   #   # #   #   ##  #     #         # #   # #   # ",
      "#  ##   #       #     #  # #  ####  #        #  #   # #   # ",
      "# # #   #      #    ##  #  #      # ####    #    ###   #### ",
      "##  #   #     #       # #####     # #   #   #   #   #     # ",
      "#   #   #    #    #   #    #  #   # #   #   #   #   #     # ",
      " ###   ###  #####  ###     #   ###   ###    #    ###   ###  "}},
    {" .,:-_+/()%&'",
     {"                                                  #     #   ##  #    #    #   ",
      "                                                 #       #  ##  #  # #    #   ",
      "                    #               #         # #         #    #   # #   #    ",
      "                        #####       #        #  #         #   #     #         ",
      "                                  #####     #   #         #  #     # # #      ",
      "       ##    ##     #               #      #     #       #  #  ## #   #       ",
      "       ##    #              #####   #     #       #     #      ##  ## #       "}},
};

} // namespace

bool isInk(char c, int column, int row) {
  char capital = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (const Line &line : lines)
    if (const char *found = capital ? std::strchr(line.letters, capital) : nullptr)
      return line.dots[row][(found - line.letters) * (fontWidth + 1) + column] == '#';
  return true;
}

} // namespace detect
