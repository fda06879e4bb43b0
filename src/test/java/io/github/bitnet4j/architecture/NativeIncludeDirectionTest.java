package io.github.bitnet4j.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Native layers include downwards: api, runtime, ops, kernels. Any of them may include the public
 * headers.
 */
class NativeIncludeDirectionTest {

  private static final Path NATIVE = Path.of("native");
  private static final List<String> LAYERS = List.of("api", "runtime", "ops", "kernels");
  private static final Pattern INCLUDE = Pattern.compile("(?m)^\\s*#\\s*include\\s+\"([^\"]+)\"");

  @ParameterizedTest
  @ValueSource(strings = {"api", "runtime", "ops", "kernels"})
  void aLayerIncludesItselfAndThoseBelow(String layer) throws IOException {
    var below = LAYERS.subList(LAYERS.indexOf(layer), LAYERS.size());
    var wrong = new ArrayList<String>();
    for (var file : sources(layer)) {
      for (var included : includes(file)) {
        var folder = topFolder(file, included);
        if (!below.contains(folder) && !folder.equals("include")) {
          wrong.add(file + " includes " + included);
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void theContractIncludesNothingOfOurs() throws IOException {
    assertEquals(List.of(), includes(NATIVE.resolve("include/bitnet.h")));
  }

  @Test
  void theKernelTableIncludesTheContractOnly() throws IOException {
    assertEquals(List.of("bitnet.h"), includes(NATIVE.resolve("include/bitnet_kernels.h")));
  }

  private static List<Path> sources(String layer) throws IOException {
    try (var files = Files.walk(NATIVE.resolve(layer))) {
      var sources = files.filter(file -> file.toString().matches(".*\\.(cc|h|inl)")).toList();
      assertFalse(sources.isEmpty(), "no sources in " + layer);
      return sources;
    }
  }

  private static List<String> includes(Path file) throws IOException {
    return INCLUDE.matcher(Files.readString(file)).results().map(m -> m.group(1)).toList();
  }

  /** The folder of native/ an include leads to: beside the including file, else from native/. */
  private static String topFolder(Path file, String included) {
    var beside = file.resolveSibling(included).normalize();
    var target = Files.exists(beside) ? beside : NATIVE.resolve(included).normalize();
    return NATIVE.relativize(target).getName(0).toString();
  }
}
