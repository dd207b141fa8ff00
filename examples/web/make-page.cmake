# cmake -DPAGE=page.html -DMODEL=detector.wasm -DPICTURE=picture.png -DOUTPUT=index.html -P make-page.cmake
#
# Puts both files into the page, so that it needs no server.
file(READ ${PAGE} text)
foreach(name MODEL PICTURE)
  execute_process(COMMAND base64 --wrap=0 ${${name}} OUTPUT_VARIABLE encoded COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "@${name}@" "${encoded}" text "${text}")
endforeach()
file(WRITE ${OUTPUT} "${text}")
