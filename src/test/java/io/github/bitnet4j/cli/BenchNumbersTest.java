package io.github.bitnet4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

@DisplayName("numbers of bench")
class BenchNumbersTest {
  @ParameterizedTest
  @CsvSource({
    "7, 7",
    "'1,2,8', 1 2 8",
    "'1, 2', 1 2",
    "3-5, 3 4 5",
    "1-1, 1",
    "128-512+128, 128 256 384 512",
    "1-6+2, 1 3 5",
    "1-64*4, 1 4 16 64",
    "3-20*2, 3 6 12",
    "'8,1-4,2', 8 1 2 3 4",
  })
  void areListsAndRanges(String text, String values) {
    List<Integer> expected = Arrays.stream(values.split(" ")).map(Integer::valueOf).toList();
    assertEquals(expected, parse(text));
  }

  @Test
  void ofARepeatedOptionAddUp() {
    assertEquals(List.of(1, 2, 3, 5), parse("1-3", "5,1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "1,",
        "1,,2",
        "-1",
        "1-",
        "5-4",
        "1-3+0",
        "1-3*1",
        "1-3*0",
        "0-8*2",
        "1001",
        "1-1001",
        "1.5",
        "1-2-3",
        "99999999999999999999",
        "1-99999999999"
      })
  void areRefusedNamingOptionValueAndWhatIsAllowed(String text) {
    var e = assertThrows(ParameterException.class, () -> parse(text));
    assertTrue(e.getMessage().startsWith("--n takes numbers from 0 to 1000, "), e.getMessage());
    assertTrue(e.getMessage().contains("not '"), e.getMessage());
  }

  @Test
  void areNotMoreThanAPersonCouldWait() {
    var command = command();
    var e =
        assertThrows(
            ParameterException.class,
            () -> BenchNumbers.parse(command, "--n", List.of("0-2000000"), 0, 2_000_000));
    assertEquals("--n: '0-2000000' makes more than 1000 values", e.getMessage());
  }

  private static List<Integer> parse(String... texts) {
    return BenchNumbers.parse(command(), "--n", List.of(texts), 0, 1000);
  }

  private static Command command() {
    var command = new BenchCommand(null);
    new CommandLine(command);
    return command;
  }
}
