package io.github.bitnet4j.bindings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The declarations of {@code bitnet.h}, read from its text. It understands the style that header is
 * written in and no more: fixed-width types, pointers, arrays in structs, no function pointers.
 */
record CHeader(List<String> constants, List<Struct> structs, List<Function> functions) {

  /** A struct with its fields in order. */
  record Struct(String name, List<Declaration> fields) {}

  /** A function; a return type of {@code void} is spelled so. */
  record Function(String returnType, String name, List<Declaration> parameters) {

    String prototype() {
      var types = parameters.stream().map(Declaration::type).toList();
      return "%s %s(%s);"
          .formatted(returnType, name, types.isEmpty() ? "void" : String.join(", ", types));
    }
  }

  /** A field or parameter. The length is that of an array, or 0. */
  record Declaration(String type, String name, int length) {

    boolean isPointer() {
      return type.endsWith("*");
    }
  }

  private static final Pattern ENUM = Pattern.compile("enum\\s+(?:\\w+\\s*)?\\{([^}]*)}");
  private static final Pattern STRUCT = Pattern.compile("typedef struct (\\w+) \\{([^}]*)}");
  private static final Pattern FUNCTION =
      Pattern.compile("BN_API\\s+([\\w\\s]+?[\\s*]+)(\\w+)\\s*\\(([^)]*)\\)\\s*;");
  private static final Pattern DECLARATION =
      Pattern.compile("([\\w\\s]+?[\\s*]+)(\\w+)(?:\\[(\\d+)])?");

  static CHeader read(Path file) throws IOException {
    var text =
        Files.readString(file)
            .replaceAll("(?s)/\\*.*?\\*/", " ")
            .replaceAll("(?m)^#.*(\\\\\\n.*)*$", "");
    return new CHeader(
        matches(ENUM, text)
            .flatMap(body -> Stream.of(body[1].split(",")))
            .map(entry -> entry.split("=")[0].strip())
            .filter(name -> !name.isEmpty())
            .toList(),
        matches(STRUCT, text).map(m -> new Struct(m[1], declarations(m[2], ";"))).toList(),
        matches(FUNCTION, text)
            .map(
                m ->
                    new Function(
                        type(m[1]),
                        m[2],
                        m[3].strip().equals("void") ? List.of() : declarations(m[3], ",")))
            .toList());
  }

  private static Stream<String[]> matches(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(
            result -> {
              var groups = new String[result.groupCount() + 1];
              for (int i = 0; i < groups.length; i++) {
                groups[i] = result.group(i);
              }
              return groups;
            });
  }

  private static List<Declaration> declarations(String text, String separator) {
    var declarations = new ArrayList<Declaration>();
    for (var part : text.split(separator)) {
      var declaration = part.strip();
      if (declaration.isEmpty()) {
        continue;
      }
      var m = DECLARATION.matcher(declaration);
      if (!m.matches()) {
        throw new IllegalArgumentException("not understood in the header: " + declaration);
      }
      var length = m.group(3) == null ? 0 : Integer.parseInt(m.group(3));
      declarations.add(new Declaration(type(m.group(1)), m.group(2), length));
    }
    return declarations;
  }

  private static String type(String text) {
    return text.strip().replaceAll("\\s+", " ").replaceAll(" ?\\* ?", " *").strip();
  }
}
