package io.github.bitnet4j.constraint.json;

import static io.github.bitnet4j.constraint.Expression.Repeat.UNBOUNDED;

import io.github.bitnet4j.constraint.Expression;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * Which objects a schema allows.
 *
 * @param properties what the properties with these names are, in the order to write them
 * @param closed whether the schema has {@code properties}, so that there are no others unless
 *     {@code additional} has them
 * @param required names that must be there
 * @param additional what every other property is, where the schema says so
 * @param names what the names of all properties are, as strings
 * @param min properties at least
 * @param max properties at most, or {@link Expression.Repeat#UNBOUNDED}
 */
record ObjectConstraint(
    SequencedMap<String, Conjunction> properties,
    boolean closed,
    SequencedSet<String> required,
    Optional<Conjunction> additional,
    Conjunction names,
    int min,
    int max) {
  static final ObjectConstraint NONE =
      new ObjectConstraint(
          new LinkedHashMap<>(),
          false,
          new LinkedHashSet<>(),
          Optional.empty(),
          Conjunction.ANY,
          0,
          UNBOUNDED);

  /** The objects that both allow. */
  ObjectConstraint and(ObjectConstraint other) {
    var all = new LinkedHashMap<String, Conjunction>();
    properties.forEach((name, value) -> all.put(name, value.and(other.property(name))));
    other.properties.forEach((name, value) -> all.putIfAbsent(name, property(name).and(value)));
    var both = new LinkedHashSet<>(required);
    both.addAll(other.required);
    var others =
        additional.isPresent() && other.additional.isPresent()
            ? Optional.of(additional.get().and(other.additional.get()))
            : additional.or(() -> other.additional);
    return new ObjectConstraint(
        all,
        closed || other.closed,
        both,
        others,
        names.and(other.names),
        Math.max(min, other.min),
        StringConstraint.smaller(max, other.max));
  }

  /** What the property called {@code name} is. */
  Conjunction property(String name) {
    return Optional.ofNullable(properties.get(name)).or(() -> additional).orElse(Conjunction.ANY);
  }

  boolean allowsSize(int size) {
    return size >= min && (max == UNBOUNDED || size <= max);
  }
}
