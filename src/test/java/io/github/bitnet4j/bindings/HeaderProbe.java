package io.github.bitnet4j.bindings;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the C compiler of the native half makes of {@code bitnet.h}: a program that prints the value
 * of every constant, the size of every struct, and the offset and size of every field. It declares
 * every function anew, so it compiles only while {@link CHeader} reads the types as the compiler
 * does.
 */
final class HeaderProbe {

  private HeaderProbe() {}

  /** Numbers by C expression, such as {@code BN_OK} or {@code sizeof(bn_tensor)}. */
  static Map<String, Long> measure(CHeader header, Path includeFolder, Path workFolder)
      throws IOException, InterruptedException {
    var source = workFolder.resolve("probe.c");
    var program = workFolder.resolve("probe");
    Files.writeString(source, source(header));
    run(
        List.of(
            compiler(),
            "-std=c11",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-pedantic-errors",
            "-I",
            includeFolder.toAbsolutePath().toString(),
            "-o",
            program.toString(),
            source.toString()));
    return run(List.of(program.toString()))
        .lines()
        .map(line -> line.split("\t"))
        .collect(Collectors.toMap(parts -> parts[0], parts -> Long.parseLong(parts[1])));
  }

  static String size(CHeader.Struct struct) {
    return "sizeof(%s)".formatted(struct.name());
  }

  static String offset(CHeader.Struct struct, CHeader.Declaration field) {
    return "offsetof(%s, %s)".formatted(struct.name(), field.name());
  }

  static String size(CHeader.Struct struct, CHeader.Declaration field) {
    return "sizeof(((%s *)0)->%s)".formatted(struct.name(), field.name());
  }

  private static String source(CHeader header) {
    var source = new StringBuilder();
    source.append("#include <stddef.h>\n#include <stdio.h>\n#include \"bitnet.h\"\n");
    header.functions().forEach(f -> source.append(f.prototype()).append('\n'));
    source.append("int main(void) {\n");
    Function<String, StringBuilder> print =
        expression ->
            source.append(
                "  printf(\"%%s\\t%%lld\\n\", \"%1$s\", (long long)(%1$s));\n"
                    .formatted(expression));
    header.constants().forEach(print::apply);
    for (var struct : header.structs()) {
      print.apply(size(struct));
      for (var field : struct.fields()) {
        print.apply(offset(struct, field));
        print.apply(size(struct, field));
      }
    }
    return source.append("  return 0;\n}\n").toString();
  }

  /** The compiler CMake chose; the build cannot come this far without one. */
  private static String compiler() throws IOException {
    try (var lines = Files.lines(Path.of("target/native/CMakeCache.txt"))) {
      return lines
          .filter(line -> line.matches("CMAKE_C_COMPILER:\\w+=.*"))
          .map(line -> line.substring(line.indexOf('=') + 1))
          .findFirst()
          .orElseThrow();
    }
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(String.join(" ", command) + " failed:\n" + output);
    }
    return output;
  }
}
