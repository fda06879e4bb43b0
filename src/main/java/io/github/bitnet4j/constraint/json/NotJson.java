package io.github.bitnet4j.constraint.json;

import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;

/** Says what is wrong with a text that is not JSON. */
public final class NotJson {
  /** What Jackson says of sources without a name and of its own settings. */
  private static final Pattern FOR_PROGRAMMERS =
      Pattern.compile(
          " \\(start marker at .*|, from `[^`]*`|: enable `[^`]*` to allow"
              + "|: not allowed as per.*| \\((bound as )?`[^`]*`\\)",
          Pattern.DOTALL);

  private NotJson() {}

  /** {@code what} is not JSON, where and why; a message for users. */
  public static String message(String what, JacksonException e) {
    var where =
        Optional.ofNullable(e.getLocation())
            .map(at -> " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr()))
            .orElse("");
    return "%s is not JSON%s: %s".formatted(what, where, problem(e));
  }

  private static String problem(JacksonException e) {
    return FOR_PROGRAMMERS.matcher(e.getOriginalMessage()).replaceAll("");
  }
}
