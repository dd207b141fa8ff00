# cmake -DOUTPUT=file.cpp -DHEADER=declarations.h "-DFILES=function=path,function=path" -P EmbedFiles.cmake
#
# Writes C++ that defines namespace mnv3 { std::string_view function(); } for each file, holding its bytes.
set(text "// Made by EmbedFiles.cmake.\n#include \"${HEADER}\"\n")
string(REPLACE "," ";" files "${FILES}")
foreach(file IN LISTS files)
  string(REGEX MATCH "^([^=]+)=(.+)$" matched "${file}")
  set(function "${CMAKE_MATCH_1}")
  file(READ "${CMAKE_MATCH_2}" bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  # Aligned, so that a reader of bitcode need not copy it; one zero beyond the end, as LLVM's buffers want it.
  string(APPEND text "\nalignas(8) static const unsigned char ${function}Bytes[] = {${bytes}0};\n"
    "std::string_view mnv3::${function}() {\n"
    "  return {reinterpret_cast<const char *>(${function}Bytes), sizeof(${function}Bytes) - 1};\n}\n")
endforeach()
file(WRITE "${OUTPUT}" "${text}")
