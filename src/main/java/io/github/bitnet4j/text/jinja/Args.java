package io.github.bitnet4j.text.jinja;

import java.util.List;
import java.util.Map;

/** The arguments of one call of a function, method, filter or test. */
record Args(String callee, List<Object> positional, Map<String, Object> named) {

  /** Checks how many there are and what they are called; names stand in order of position. */
  Args check(int required, String... names) {
    if (positional.size() > names.length) {
      throw new Fault("%s takes at most %d arguments", callee, names.length);
    }
    for (var name : named.keySet()) {
      int index = List.of(names).indexOf(name);
      if (index < 0 || index < positional.size()) {
        throw new Fault("%s takes no argument '%s' here", callee, name);
      }
    }
    for (int i = positional.size(); i < required; i++) {
      if (!named.containsKey(names[i])) {
        throw new Fault("%s lacks the argument '%s'", callee, names[i]);
      }
    }
    return this;
  }

  boolean has(int index, String name) {
    return index < positional.size() || named.containsKey(name);
  }

  Object get(int index, String name, Object otherwise) {
    return index < positional.size() ? positional.get(index) : named.getOrDefault(name, otherwise);
  }

  Str string(int index, String name, Str otherwise) {
    var value = get(index, name, otherwise);
    if (value == null || value instanceof Str) {
      return (Str) value;
    }
    throw new Fault("%s needs a string as '%s', not %s", callee, name, Values.kind(value));
  }

  long integer(int index, String name, long otherwise) {
    var value = get(index, name, otherwise);
    if (value instanceof Long number) {
      return number;
    }
    throw new Fault("%s needs an integer as '%s', not %s", callee, name, Values.kind(value));
  }

  /** A string that decides what is done rather than becoming output, such as an attribute. */
  String word(int index) {
    if (index < positional.size() && positional.get(index) instanceof Str word) {
      return word.text();
    }
    throw new Fault("%s needs a string as argument %d", callee, index + 1);
  }
}
