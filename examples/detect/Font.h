// Letters of 5 x 7 dots, so that drawing needs no font file.
#pragma once

namespace detect {

constexpr int fontWidth = 5, fontHeight = 7;

/// Whether the dot is set. Small letters look like capitals; what the font does not have is a filled block.
bool isInk(char c, int column, int row);

} // namespace detect
