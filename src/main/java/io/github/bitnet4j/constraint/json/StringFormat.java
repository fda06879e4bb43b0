package io.github.bitnet4j.constraint.json;

import io.github.bitnet4j.constraint.Expression;
import io.github.bitnet4j.constraint.RegularExpression;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The values of {@code format}, each in one form that any validator takes. */
final class StringFormat {
  private static final Map<String, String> PATTERNS = patterns();

  /** Formats of JSON Schema that are not kept to. */
  private static final Set<String> UNSUPPORTED =
      Set.of(
          "idn-email",
          "idn-hostname",
          "iri",
          "iri-reference",
          "json-pointer",
          "regex",
          "relative-json-pointer",
          "uri-reference",
          "uri-template");

  private StringFormat() {}

  private static Map<String, String> patterns() {
    // 29 February is in the years that 4 divides, of those ending in 00 that 400 divides.
    String fours = "(?:0[48]|[2468][048]|[13579][26])";
    String leapYear = "(?:[0-9]{2}" + fours + "|(?:00|" + fours + ")00)";
    String date =
        "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
            + ("|" + leapYear + "-02-29)");
    String clock = "(?:[01][0-9]|2[0-3]):[0-5][0-9]";
    String time = clock + ":[0-5][0-9](?:\\.[0-9]{1,9})?(?:Z|[+-]" + clock + ")";
    String words = "(?:-[a-zA-Z0-9]{1,15}){0,2}";
    String label = "[a-zA-Z0-9]{1,15}" + words;
    String hostname = "(?:" + label + "\\.){0,4}[a-zA-Z][a-zA-Z0-9]{0,14}" + words;
    String domain = "(?:" + label + "\\.){1,4}[a-zA-Z]{2,20}";
    String atom = "[a-zA-Z0-9]{1,10}(?:[_+-][a-zA-Z0-9]{1,4})?";
    String octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    String pathCharacter = "(?:[a-zA-Z0-9._~-]|%[0-9A-F]{2})";
    var patterns = new LinkedHashMap<String, String>();
    patterns.put("date-time", date + "T" + time);
    patterns.put("date", date);
    patterns.put("time", time);
    patterns.put("duration", duration());
    patterns.put("email", atom + "(?:\\." + atom + "){0,3}@" + domain);
    patterns.put("hostname", hostname);
    patterns.put("ipv4", "(?:" + octet + "\\.){3}" + octet);
    patterns.put("ipv6", ipv6());
    patterns.put("uuid", "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    patterns.put(
        "uri",
        "https?://%s(?::[1-9][0-9]{0,3})?(?:/%s*)*(?:\\?(?:%s|[=&])*)?"
            .formatted(hostname, pathCharacter, pathCharacter));
    return patterns;
  }

  /** RFC 3339, appendix A: a unit is followed by none or the next smaller one. */
  private static String duration() {
    String seconds = "[0-9]{1,9}S";
    String minutes = "[0-9]{1,9}M(?:" + seconds + ")?";
    String hours = "[0-9]{1,9}H(?:" + minutes + ")?";
    String time = "T(?:" + hours + "|" + minutes + "|" + seconds + ")";
    String days = "[0-9]{1,9}D";
    String months = "[0-9]{1,9}M(?:" + days + ")?";
    String years = "[0-9]{1,9}Y(?:" + months + ")?";
    String date = "(?:" + years + "|" + months + "|" + days + ")(?:" + time + ")?";
    return "P(?:" + date + "|" + time + "|[0-9]{1,9}W)";
  }

  /** Eight groups, or fewer with two colons in the place of those left out. */
  private static String ipv6() {
    String group = "[0-9a-f]{1,4}";
    var forms = new StringBuilder("(?:" + group + ":){7}" + group);
    for (int before = 0; before < 8; before++) {
      forms.append("|");
      if (before > 0) {
        forms.append("(?:%s:){%d}%s".formatted(group, before - 1, group));
      }
      forms.append("::");
      if (before < 7) {
        forms.append("(?:(?:%s:){0,%d}%s)?".formatted(group, 6 - before, group));
      }
    }
    return forms.toString();
  }

  /**
   * The strings of a format; empty for one that is not JSON Schema's, such as {@code int32}, which
   * says nothing of what is valid.
   *
   * @throws JsonSchemaException if it is one that is not supported
   */
  static Optional<Expression> read(Location format) {
    String name = Keywords.string(format);
    if (UNSUPPORTED.contains(name)) {
      throw format.invalid(
          "\"%s\" is not supported; there are %s, and pattern for others",
          name, String.join(", ", PATTERNS.keySet()));
    }
    return Optional.ofNullable(PATTERNS.get(name)).map(RegularExpression::whole);
  }
}
