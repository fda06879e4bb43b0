package io.github.bitnet4j.sampling;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The samplers whose order can be chosen, in the usual order. */
public enum SamplerStep {
  /** Repeat, frequency and presence penalties. */
  PENALTIES('e'),
  /** Penalties for prolonging repetitions. */
  DRY('d'),
  /** By distance from the highest logit in standard deviations. */
  TOP_N_SIGMA('s'),
  /** The k most probable tokens. */
  TOP_K('k'),
  /** Tokens about as surprising as expected. */
  TYP_P('y', "typical", "typical_p", "typ"),
  /** The most probable tokens that together have a probability. */
  TOP_P('p', "nucleus"),
  /** Tokens at least so probable as a part of the most probable one. */
  MIN_P('m'),
  /** Excludes the most probable tokens now and then. */
  XTC('x'),
  /** Temperature, fixed or dynamic. */
  TEMPERATURE('t', "temp");

  /** All of them, in llama.cpp's order. */
  public static final List<SamplerStep> DEFAULT_ORDER = List.of(values());

  private final char letter;
  private final Set<String> otherLabels;

  SamplerStep(char letter, String... otherLabels) {
    this.letter = letter;
    this.otherLabels = Set.of(otherLabels);
  }

  /** The name users write, such as {@code top_k}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The letter that stands for it in short forms of an order. */
  public char letter() {
    return letter;
  }

  /**
   * An order written as names between semicolons or commas, such as {@code top_k;temperature}. The
   * names are those of {@link #label}; hyphens stand for underscores.
   *
   * @throws IllegalArgumentException if a name is unknown or occurs twice; the message names it
   */
  public static List<SamplerStep> parseOrder(String text) {
    if (text.isBlank()) {
      return List.of();
    }
    return Arrays.stream(text.split("[;,]", -1))
        .map(String::strip)
        .map(SamplerStep::named)
        .toList();
  }

  /**
   * An order written as one letter per sampler, such as {@code kt}.
   *
   * @throws IllegalArgumentException if a letter is unknown; the message names it
   */
  public static List<SamplerStep> parseLetters(String text) {
    return text.codePoints().mapToObj(SamplerStep::withLetter).toList();
  }

  /** The steps as {@link #parseOrder} reads them. */
  public static String format(List<SamplerStep> order) {
    return order.stream().map(SamplerStep::label).collect(Collectors.joining(";"));
  }

  private static SamplerStep named(String name) {
    String wanted = name.toLowerCase(Locale.ROOT).replace('-', '_');
    Optional<SamplerStep> found =
        DEFAULT_ORDER.stream()
            .filter(step -> step.label().equals(wanted) || step.otherLabels.contains(wanted))
            .findFirst();
    return found.orElseThrow(
        () ->
            new IllegalArgumentException(
                "no sampler is called '%s'; there are %s"
                    .formatted(
                        name,
                        DEFAULT_ORDER.stream()
                            .map(SamplerStep::label)
                            .collect(Collectors.joining(", ")))));
  }

  private static SamplerStep withLetter(int letter) {
    return DEFAULT_ORDER.stream()
        .filter(step -> step.letter == letter)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no sampler has the letter '%s'; there are %s"
                        .formatted(
                            Character.toString(letter),
                            DEFAULT_ORDER.stream()
                                .map(step -> step.letter + " (" + step.label() + ")")
                                .collect(Collectors.joining(", ")))));
  }
}
