# cmake -DINPUT=linked.ll -DOUTPUT=neutral.ll -P NeutralIR.cmake
#
# Takes out of textual IR all that names the target it was compiled for: triple, data layout, processor, features, module
# flags. What is left depends on nothing but the width of a pointer; mnv3c fills in the target of the object it makes.
file(READ "${INPUT}" text)
string(REGEX REPLACE "target (triple|datalayout) = [^\n]*\n" "" text "${text}")
string(REGEX REPLACE "source_filename = [^\n]*\n" "" text "${text}")
string(REGEX REPLACE "; ModuleID = [^\n]*\n" "" text "${text}")
string(REGEX REPLACE " \"(target-cpu|tune-cpu|target-features|frame-pointer|warn-stack-size|stack-protector-buffer-size)\"=\"[^\"]*\"" "" text "${text}")
string(REGEX REPLACE "!llvm\\.(module\\.flags|ident|errno\\.tbaa) = [^\n]*\n" "" text "${text}")
file(WRITE "${OUTPUT}" "${text}")
