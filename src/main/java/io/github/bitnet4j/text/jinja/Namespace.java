package io.github.bitnet4j.text.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/** The one kind of value that can be changed: what {@code namespace()} makes. */
final class Namespace {
  final Map<String, Object> values = new LinkedHashMap<>();
}
