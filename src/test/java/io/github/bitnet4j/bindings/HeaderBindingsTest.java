package io.github.bitnet4j.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnet4j.ffi.NativeLibrary;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The generated bindings say what {@code bitnet.h} says. When one of these fails after a change of
 * the header, run {@code scripts/jextract.sh}; a new name needs a line in {@code
 * bindings/symbols.txt} first.
 */
class HeaderBindingsTest {

  private static final Path INCLUDE = Path.of("native/include");
  private static final String PACKAGE = "io.github.bitnet4j.bindings.";

  private static CHeader header;
  private static Map<String, Long> measured;

  @BeforeAll
  static void readHeader(@TempDir Path workFolder) throws Exception {
    header = CHeader.read(INCLUDE.resolve("bitnet.h"));
    measured = HeaderProbe.measure(header, INCLUDE, workFolder);
    NativeLibrary.load();
  }

  @Test
  void theHeaderIsReadWhole() throws Exception {
    var text = Files.readString(INCLUDE.resolve("bitnet.h"));
    assertEquals(count(text, "BN_API [a-z]"), header.functions().size(), "functions");
    assertEquals(count(text, "typedef struct \\w+ \\{"), header.structs().size(), "structs");
    assertEquals(count(text, "\\bBN_[A-Z0-9_]+ = "), header.constants().size(), "constants");
  }

  @Test
  void theSymbolFilterNamesEverythingInTheHeader() throws Exception {
    var expected = new TreeSet<String>();
    header.constants().forEach(name -> expected.add("--include-constant " + name));
    header.structs().forEach(struct -> expected.add("--include-struct " + struct.name()));
    header.functions().forEach(function -> expected.add("--include-function " + function.name()));
    var actual = new TreeSet<>(Files.readAllLines(Path.of("bindings/symbols.txt")));
    assertEquals(lines(expected), lines(actual));
  }

  @Test
  void theBindingsHaveEveryConstantWithItsValueAndNoOther() {
    var expected = new TreeMap<String, Long>();
    header.constants().forEach(name -> expected.put(name, measured.get(name)));
    var actual = new TreeMap<String, Long>();
    bindingMethods()
        .filter(method -> method.getName().startsWith("BN_"))
        .forEach(method -> actual.put(method.getName(), ((Number) call(method)).longValue()));
    assertEquals(lines(expected.entrySet()), lines(actual.entrySet()));
  }

  @Test
  void theBindingsHaveEveryFunctionWithItsSignatureAndNoOther() {
    var expected = new TreeMap<String, String>();
    header.functions().forEach(f -> expected.put(f.name(), signature(f)));
    var actual = new TreeMap<String, String>();
    bindingMethods()
        .filter(method -> method.getName().endsWith("$descriptor"))
        .forEach(
            method ->
                actual.put(
                    method.getName().replace("$descriptor", ""),
                    signature((FunctionDescriptor) call(method))));
    assertEquals(lines(expected.entrySet()), lines(actual.entrySet()));
  }

  @Test
  void theBindingsHaveEveryStructWithTheCompilersLayoutAndNoOther() throws Exception {
    var expected = new ArrayList<String>();
    var actual = new ArrayList<String>();
    for (var struct : header.structs()) {
      expected.add(struct.name() + " bytes " + measured.get(HeaderProbe.size(struct)));
      for (var field : struct.fields()) {
        expected.add(
            "%s.%s at %d bytes %d"
                .formatted(
                    struct.name(),
                    field.name(),
                    measured.get(HeaderProbe.offset(struct, field)),
                    measured.get(HeaderProbe.size(struct, field))));
      }
      var layout = (GroupLayout) call(Class.forName(PACKAGE + struct.name()).getMethod("layout"));
      actual.add(struct.name() + " bytes " + layout.byteSize());
      for (var member : layout.memberLayouts()) {
        member
            .name()
            .ifPresent(
                name ->
                    actual.add(
                        "%s.%s at %d bytes %d"
                            .formatted(
                                struct.name(),
                                name,
                                layout.byteOffset(PathElement.groupElement(name)),
                                member.byteSize())));
      }
    }
    assertEquals(lines(expected), lines(actual));
    try (var files = Files.list(Path.of("bindings/java", PACKAGE.replace('.', '/')))) {
      assertEquals(
          header.structs().stream().map(CHeader.Struct::name).collect(Collectors.toSet()),
          files
              .map(file -> file.getFileName().toString().replace(".java", ""))
              .filter(name -> !name.startsWith("BitNetNative"))
              .collect(Collectors.toSet()));
    }
  }

  @Test
  void theBindingsNeedNoTypeWhoseSizeDependsOnThePlatform() throws Exception {
    try (var files = Files.list(Path.of("bindings/java", PACKAGE.replace('.', '/')))) {
      for (var file : files.toList()) {
        assertEquals(
            0, count(Files.readString(file), "\\bC_LONG\\b"), "uses of the C type long in " + file);
      }
    }
  }

  private static Stream<Method> bindingMethods() {
    return Arrays.stream(BitNetNative.class.getMethods())
        .filter(method -> method.getParameterCount() == 0)
        .filter(method -> method.getDeclaringClass() == BitNetNative.class);
  }

  private static Object call(Method method) {
    try {
      return method.invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("cannot call " + method, e);
    }
  }

  /** The signature in Java's types: what a downcall passes. */
  private static String signature(CHeader.Function function) {
    var types = new ArrayList<String>();
    types.add(function.returnType().equals("void") ? "void" : javaType(function.returnType()));
    function.parameters().forEach(parameter -> types.add(javaType(parameter.type())));
    return String.join(" ", types);
  }

  private static String signature(FunctionDescriptor descriptor) {
    var types = new ArrayList<String>();
    types.add(descriptor.returnLayout().map(HeaderBindingsTest::javaType).orElse("void"));
    descriptor.argumentLayouts().forEach(layout -> types.add(javaType(layout)));
    return String.join(" ", types);
  }

  private static String javaType(String cType) {
    if (cType.endsWith("*")) {
      return "pointer";
    }
    return switch (cType) {
      case "int32_t", "uint32_t" -> "int";
      case "int64_t", "uint64_t" -> "long";
      case "float" -> "float";
      default -> throw new AssertionError("a type the bindings have no rule for: " + cType);
    };
  }

  private static String javaType(MemoryLayout layout) {
    return switch (layout) {
      case AddressLayout pointer -> "pointer";
      case ValueLayout value -> value.carrier().getName();
      default -> layout.toString();
    };
  }

  private static long count(String text, String regex) {
    return Pattern.compile(regex).matcher(text).results().count();
  }

  private static String lines(Iterable<?> items) {
    var text = new StringBuilder();
    items.forEach(item -> text.append(item).append('\n'));
    return text.toString();
  }
}
