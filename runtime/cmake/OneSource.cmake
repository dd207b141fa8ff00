# cmake -DOUTPUT=file "-DFILES=path,path" -P OneSource.cmake
#
# The files one after the other as a text that is C++, too. What they include they find above, once; linkage is a matter of who
# includes the text.
string(REPLACE "," ";" files "${FILES}")
set(text)
foreach(file IN LISTS files)
  file(READ "${file}" one)
  string(REGEX REPLACE "#include [^\n]*\n" "" one "${one}")
  string(REGEX REPLACE "#ifdef __cplusplus\n[^#]*#endif\n" "" one "${one}")
  string(REGEX REPLACE "([^a-z_])restrict " "\\1__restrict " one "${one}")
  string(REPLACE "_Static_assert" "static_assert" one "${one}")
  string(REGEX REPLACE "#ifndef MNV3_[A-Z0-9_]+_H\n#define MNV3_[A-Z0-9_]+_H\n" "" one "${one}")
  string(REGEX REPLACE "#endif /[*] MNV3_[A-Z0-9_]+_H [*]/\n" "" one "${one}")
  string(APPEND text "${one}\n")
endforeach()
string(REGEX REPLACE "\n\n\n+" "\n\n" text "${text}")
string(REGEX REPLACE "^\n+" "" text "${text}")
string(REGEX REPLACE "\n+$" "\n" text "${text}")
file(WRITE "${OUTPUT}" "${text}")
