package io.github.bitnet4j.text.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;

/** The functions every template has. */
final class Globals {
  private Globals() {}

  static void define(Scope scope, Budget budget, Values values, LocalDateTime now) {
    scope.set("raise_exception", (Function) args -> raise(args, values));
    scope.set(
        "strftime_now",
        (Function) args -> time(args.check(1, "format").string(0, "format", null), now));
    scope.set("range", (Function) args -> range(args, budget));
    scope.set("namespace", (Function) Globals::namespace);
    scope.set("dict", (Function) Globals::dict);
  }

  private static Object raise(Args args, Values values) {
    throw new Fault(
        "the template refuses: %s",
        values.toStr(args.check(1, "message").get(0, "message", Str.EMPTY)));
  }

  private static Object namespace(Args args) {
    var namespace = new Namespace();
    namespace.values.putAll(args.named());
    return namespace;
  }

  private static Object dict(Args args) {
    var map = new LinkedHashMap<Object, Object>();
    args.named().forEach((name, value) -> map.put(Str.literal(name), value));
    return map;
  }

  private static Object range(Args args, Budget budget) {
    args.check(1, "start", "stop", "step");
    boolean one = args.positional().size() == 1;
    long start = one ? 0 : args.integer(0, "start", 0);
    long stop = args.integer(one ? 0 : 1, "stop", 0);
    long step = args.integer(2, "step", 1);
    if (step == 0) {
      throw new Fault("range needs a step other than 0");
    }
    double count = Math.max(0, Math.ceil(((double) stop - start) / step));
    if (count > 100_000) {
      throw new Fault("range makes at most 100000 numbers, not %.0f", count);
    }
    budget.spend((long) count);
    var numbers = new ArrayList<Object>();
    for (long i = 0; i < count; i++) {
      numbers.add(start + i * step);
    }
    return numbers;
  }

  private static Str time(Str format, LocalDateTime now) {
    var text = new StringBuilder();
    var f = format.text();
    for (int i = 0; i < f.length(); i++) {
      if (f.charAt(i) != '%' || i + 1 == f.length()) {
        text.append(f.charAt(i));
        continue;
      }
      char c = f.charAt(++i);
      boolean unpadded = c == '-' && i + 1 < f.length();
      if (unpadded) {
        c = f.charAt(++i);
      }
      var field = c == '%' ? "%" : now.format(formatter(c));
      text.append(unpadded ? field.replaceFirst("^0+(?=.)", "") : field);
    }
    return Str.literal(text.toString());
  }

  private static DateTimeFormatter formatter(char field) {
    var pattern =
        switch (field) {
          case 'Y' -> "uuuu";
          case 'y' -> "uu";
          case 'm' -> "MM";
          case 'd' -> "dd";
          case 'B' -> "MMMM";
          case 'b' -> "MMM";
          case 'A' -> "EEEE";
          case 'a' -> "EEE";
          case 'H' -> "HH";
          case 'I' -> "hh";
          case 'M' -> "mm";
          case 'S' -> "ss";
          case 'p' -> "a";
          case 'j' -> "DDD";
          case 'F' -> "uuuu-MM-dd";
          case 'T' -> "HH:mm:ss";
          default -> throw new Fault("strftime_now does not know %%%s", field);
        };
    return DateTimeFormatter.ofPattern(pattern, Locale.US);
  }
}
