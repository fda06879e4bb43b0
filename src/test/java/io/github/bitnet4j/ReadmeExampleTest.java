package io.github.bitnet4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.generate.GenerateOptions;
import io.github.bitnet4j.generate.TextSession;
import io.github.bitnet4j.testing.RandomModel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's program compiles and prints what the library generates. */
class ReadmeExampleTest {
  private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void theReadmesProgramCompilesAndRuns(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("random.gguf");
    RandomModel.builder().seed(5).write(file);

    assertEquals(expectedOutput(file), run(compile(folder), file));
  }

  private static Path compile(Path folder) throws Exception {
    Matcher block = JAVA_BLOCK.matcher(Files.readString(Path.of("README.md")));
    assertTrue(block.find(), "README.md has no Java program");
    Path source = Files.writeString(folder.resolve("Hello.java"), block.group(1));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var messages = new ByteArrayOutputStream();
    int status =
        compiler.run(
            null,
            messages,
            messages,
            "-classpath",
            System.getProperty("java.class.path"),
            "-d",
            folder.toString(),
            source.toString());
    assertEquals(0, status, messages.toString(StandardCharsets.UTF_8));
    return folder;
  }

  private static String run(Path classes, Path model) throws Exception {
    PrintStream console = System.out;
    var output = new ByteArrayOutputStream();
    try (var loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
      System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
      var main = loader.loadClass("Hello").getDeclaredMethod("main", String[].class);
      main.setAccessible(true);
      main.invoke(null, (Object) new String[] {model.toString()});
    } finally {
      System.setOut(console);
    }
    return output.toString(StandardCharsets.UTF_8);
  }

  private static String expectedOutput(Path file) throws Exception {
    try (BitNetModel model = BitNetModel.load(file);
        TextSession session = model.newSession()) {
      var options = GenerateOptions.greedy().withMaxTokens(32);
      return session.generate("The capital of France is", options).text();
    }
  }
}
