# A text file as a C string: cmake -DINPUT=... -DOUTPUT=... -DNAME=... -P Embed.cmake
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(................................................................................)" "\\1\n\t" bytes "${bytes}")
file(WRITE ${OUTPUT} "/* Made by cmake/Embed.cmake of ${INPUT}. */\nextern const char ${NAME}[];\nconst char ${NAME}[] = {\n\t${bytes}0\n};\n")
