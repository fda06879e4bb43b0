package io.github.bitnet4j.constraint.json;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Schemas that a value must obey, all of them; none for any value.
 *
 * @param schemas each once, in the order of the properties they demand
 */
record Conjunction(List<Location> schemas) {
  static final Conjunction ANY = new Conjunction(List.of());

  Conjunction {
    schemas = List.copyOf(new LinkedHashSet<>(schemas));
  }

  static Conjunction of(Location schema) {
    return new Conjunction(List.of(schema));
  }

  Conjunction and(Conjunction other) {
    var all = new ArrayList<>(schemas);
    all.addAll(other.schemas);
    return new Conjunction(all);
  }

  /** The pointers of the schemas. */
  String name() {
    return schemas.stream().map(Location::pointer).collect(Collectors.joining(" and "));
  }
}
