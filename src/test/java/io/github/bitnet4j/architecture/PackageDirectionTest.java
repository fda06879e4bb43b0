package io.github.bitnet4j.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.bitnet4j.BitNetModel;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Packages import one way: from the command line down to the files and the native bindings. */
class PackageDirectionTest {

  private static final String ROOT = "io.github.bitnet4j";

  /** What each package may import of ours; a package that is not here fails a test. */
  private static final Map<String, Set<String>> ALLOWED =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("bindings", Set.of()),
              Map.entry("ffi", Set.of("bindings")),
              Map.entry("gguf", Set.of()),
              Map.entry("constraint", Set.of("text", "sampling")),
              Map.entry("sampling", Set.of()),
              Map.entry("model", Set.of("gguf", "ffi")),
              Map.entry("session", Set.of("model", "gguf", "ffi")),
              Map.entry("text", Set.of("gguf")),
              Map.entry("tools", Set.of("constraint", "text")),
              Map.entry("generate", Set.of("session", "model", "sampling", "text", "constraint")),
              Map.entry("reference", Set.of("session", "model", "gguf", "ffi")),
              Map.entry("bench", Set.of("model", "gguf", "ffi")),
              Map.entry(
                  "",
                  Set.of(
                      "generate",
                      "constraint",
                      "session",
                      "model",
                      "gguf",
                      "ffi",
                      "sampling",
                      "text")),
              Map.entry(
                  "cli",
                  Set.of(
                      "",
                      "generate",
                      "constraint",
                      "session",
                      "model",
                      "gguf",
                      "sampling",
                      "text",
                      "tools",
                      "reference",
                      "bench",
                      "ffi"))));

  private static JavaClasses classes;

  @BeforeAll
  static void readClasses() {
    var production = BitNetModel.class.getProtectionDomain().getCodeSource().getLocation();
    classes = new ClassFileImporter().importUrl(production);
  }

  static Set<String> packages() {
    return ALLOWED.keySet();
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @MethodSource("packages")
  void aPackageImportsOnlyWhatLiesBelowIt(String name) {
    var forbidden =
        ALLOWED.keySet().stream()
            .filter(other -> !other.equals(name) && !ALLOWED.get(name).contains(other))
            .map(PackageDirectionTest::pattern)
            .toArray(String[]::new);
    noClasses()
        .that(resideInAPackage(pattern(name)))
        .should()
        .dependOnClassesThat(resideInAnyPackage(forbidden))
        .allowEmptyShould(true)
        .check(classes);
  }

  @Test
  void everyPackageHasARule() {
    var unknown = new TreeSet<String>();
    for (JavaClass c : classes) {
      var name = topLevel(c.getPackageName());
      if (!ALLOWED.containsKey(name)) {
        unknown.add(name);
      }
    }
    assertEquals(Set.of(), unknown, "packages that ALLOWED above says nothing about");
  }

  @Test
  void noPackageDependsOnItselfThroughOthers() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(classes);
  }

  @Test
  void onlyTheCommandLineAndJsonNeedMoreThanTheJdk() {
    onlyIn(List.of("..cli.."), "picocli..", "org.jline..");
    onlyIn(
        List.of("..cli..", "..constraint.json..", ROOT + ".tools.."),
        "tools.jackson..",
        "com.fasterxml..");
  }

  private static void onlyIn(List<String> packages, String... libraries) {
    noClasses()
        .that(
            resideInAPackage(ROOT + "..")
                .and(resideOutsideOfPackages(packages.toArray(String[]::new))))
        .should()
        .dependOnClassesThat(resideInAnyPackage(libraries))
        .check(classes);
  }

  private static String pattern(String name) {
    return name.isEmpty() ? ROOT : ROOT + "." + name + "..";
  }

  private static String topLevel(String packageName) {
    return packageName.equals(ROOT) ? "" : packageName.substring(ROOT.length() + 1).split("\\.")[0];
  }
}
