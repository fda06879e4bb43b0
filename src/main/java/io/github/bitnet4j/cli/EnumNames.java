package io.github.bitnet4j.cli;

import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.model.HeadType;
import io.github.bitnet4j.model.WeightLayout;
import io.github.bitnet4j.model.WeightMemory;
import io.github.bitnet4j.text.Compatibility;
import io.github.bitnet4j.tools.ToolForm;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Enum constants under the names users type: {@code BLOCK_128} is {@code block-128}, and {@code
 * Q8_0} is {@code q8_0}, as everywhere.
 */
abstract class EnumNames<E extends Enum<E>> implements ITypeConverter<E>, Iterable<String> {
  private final List<E> constants;

  EnumNames(E[] constants) {
    this.constants = List.of(constants);
  }

  /** The name users type. */
  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replaceAll("(?<=[a-z])_", "-");
  }

  @Override
  public final E convert(String name) {
    return constants.stream()
        .filter(constant -> of(constant).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "expected one of %s but was '%s'".formatted(String.join(", ", this), name)));
  }

  @Override
  public final Iterator<String> iterator() {
    return constants.stream().map(EnumNames::of).iterator();
  }

  /** Names of {@link Compatibility}. */
  static final class Compatibilities extends EnumNames<Compatibility> {
    Compatibilities() {
      super(Compatibility.values());
    }
  }

  /** Names of {@link WeightLayout}. */
  static final class Layouts extends EnumNames<WeightLayout> {
    Layouts() {
      super(WeightLayout.values());
    }
  }

  /** Names of {@link WeightMemory}. */
  static final class WeightMemories extends EnumNames<WeightMemory> {
    WeightMemories() {
      super(WeightMemory.values());
    }
  }

  /** Names of {@link HeadType}. */
  static final class HeadTypes extends EnumNames<HeadType> {
    HeadTypes() {
      super(HeadType.values());
    }
  }

  /** Names of {@link BenchFormat}. */
  static final class BenchFormats extends EnumNames<BenchFormat> {
    BenchFormats() {
      super(BenchFormat.values());
    }
  }

  /** Names of {@link ToolForm}. */
  static final class ToolForms extends EnumNames<ToolForm> {
    ToolForms() {
      super(ToolForm.values());
    }
  }

  /** Names of {@link KvType}. */
  static final class KvTypes extends EnumNames<KvType> {
    KvTypes() {
      super(KvType.values());
    }
  }
}
