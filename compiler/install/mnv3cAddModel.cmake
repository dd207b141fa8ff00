# mnv3c_add_model(<target> [SHARED]
#   SOURCE <yaml or checkpoint>
#   [WEIGHTS <file>]        trained weights, where SOURCE is a yaml
#   [NAME <prefix>]         prefix of symbols and macros, and name of the header; default: the target's name
#   [TARGET <name>]         as mnv3c --target; default: what this build compiles for
#   [IMGSZ <N or HxW>]      network input, height first; default: 640
#   [OPTIONS <option>...])  further options of mnv3c; with --external-weights, <prefix>.weights lies beside the header
#
# Makes the library <target>, static, or SHARED for programs that load it (examples/python): whoever links it can include "<prefix>.h" and gets the model's object. The object is made
# anew when the source, the weights or mnv3c itself change. Relative paths are taken from the calling CMakeLists.txt. A
# keyword with an empty value counts as not given, so that cache variables can be passed on as they are.
function(mnv3c_add_model target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SHARED" "SOURCE;WEIGHTS;NAME;TARGET;IMGSZ" "OPTIONS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "mnv3c_add_model(${target}): unknown argument: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_SOURCE)
    message(FATAL_ERROR "mnv3c_add_model(${target}): SOURCE, a yaml or a checkpoint, is missing")
  endif()
  foreach(input SOURCE WEIGHTS)
    if(arg_${input})
      get_filename_component(arg_${input} "${arg_${input}}" ABSOLUTE)
      if(NOT EXISTS "${arg_${input}}")
        message(FATAL_ERROR "mnv3c_add_model(${target}): there is no ${input} ${arg_${input}}")
      endif()
    endif()
  endforeach()
  if(NOT arg_NAME)
    string(MAKE_C_IDENTIFIER "${target}" arg_NAME)
  endif()
  if(NOT arg_TARGET)
    _mnv3c_default_target(arg_TARGET ${target})
  endif()

  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${target}.mnv3c")
  file(MAKE_DIRECTORY "${folder}")
  set(object "${folder}/${arg_NAME}.o")
  set(header "${folder}/${arg_NAME}.h")
  set(command mnv3c::mnv3c "${arg_SOURCE}" -o "${object}" --name "${arg_NAME}" --target "${arg_TARGET}")
  if(arg_WEIGHTS)
    list(APPEND command --weights "${arg_WEIGHTS}")
  endif()
  if(arg_IMGSZ)
    list(APPEND command --imgsz "${arg_IMGSZ}")
  endif()
  set(external)
  if("--external-weights" IN_LIST arg_OPTIONS)
    set(external "${folder}/${arg_NAME}.weights")
  endif()
  add_custom_command(OUTPUT "${object}" "${header}"
    COMMAND ${command} ${arg_OPTIONS}
    BYPRODUCTS "${folder}/${arg_NAME}.json" ${external}
    DEPENDS "${arg_SOURCE}" ${arg_WEIGHTS} "$<TARGET_FILE:mnv3c::mnv3c>"
    COMMENT "mnv3c: ${arg_NAME}.o for ${arg_TARGET}" VERBATIM)

  # A library of one object: what links it takes the object, and waits for the header.
  set(kind STATIC)
  if(arg_SHARED)
    set(kind SHARED)
  endif()
  add_library(${target} ${kind} "${object}" "${header}")
  set_source_files_properties("${object}" PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C)
  target_include_directories(${target} INTERFACE "${folder}")
endfunction()

# mnv3c's name for what this build compiles for. "host" is the machine itself, with all its instructions.
function(_mnv3c_default_target result target)
  if(NOT CMAKE_CROSSCOMPILING)
    set(${result} host PARENT_SCOPE)
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
    set(${result} arm64 PARENT_SCOPE)
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
    set(${result} x86-64 PARENT_SCOPE)
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(armv7.*|cortex-m(4|7|33|55)|riscv64|wasm32)$")
    string(REGEX REPLACE "^armv7.*" armv7 name "${CMAKE_SYSTEM_PROCESSOR}")
    set(${result} ${name} PARENT_SCOPE)
  else()
    message(FATAL_ERROR "mnv3c_add_model(${target}): say TARGET; there is no default for '${CMAKE_SYSTEM_PROCESSOR}'")
  endif()
endfunction()
