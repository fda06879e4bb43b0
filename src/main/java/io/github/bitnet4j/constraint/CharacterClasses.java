package io.github.bitnet4j.constraint;

import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;

/** Reads the escapes and classes of a regular expression as sets of characters. */
final class CharacterClasses {
  static final CodePointSet ANY_BUT_LINE_BREAK = CodePointSet.of("\n\r\u0085\u2028\u2029").not();

  private static final CodePointSet DIGIT = CodePointSet.range('0', '9');
  private static final CodePointSet WORD =
      DIGIT
          .or(CodePointSet.range('a', 'z'))
          .or(CodePointSet.range('A', 'Z'))
          .or(CodePointSet.of("_"));
  private static final CodePointSet ASCII_SPACE = CodePointSet.of(" \t\n\u000B\f\r");
  private static final CodePointSet ANY_SPACE =
      ASCII_SPACE
          .or(CodePointSet.of("\u0085\u00A0\u1680\u2028\u2029\u202F\u205F\u3000\uFEFF\u180E"))
          .or(CodePointSet.range(0x2000, 0x200A))
          .or(CodePointSet.range(0x1C, 0x1F));

  /** General categories in the order of {@link Character#getType}. */
  private static final String[] CATEGORIES = {
    "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "", "Zs", "Zl", "Zp",
    "Cc", "Cf", "", "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf"
  };

  private final SourceText source;

  CharacterClasses(SourceText source) {
    this.source = source;
  }

  /** What follows an opening bracket at {@code start}, to the closing one. */
  CodePointSet inBrackets(int start) {
    boolean negated = source.take("^");
    var set = CodePointSet.NONE;
    var ranges = new ArrayList<CodePointSet.Range>();
    while (!source.take("]")) {
      if (source.isAtEnd()) {
        throw source.error(start, "there is no \"]\" for this \"[\"");
      }
      int position = source.position();
      var item = item();
      if (source.peek() == '-' && source.peek(1) != ']' && source.peek(1) != SourceText.END) {
        source.next();
        ranges.add(range(position, item, item()));
      } else {
        set = set.or(item);
      }
    }
    set = set.or(new CodePointSet(ranges));
    return negated ? set.not() : set;
  }

  private CodePointSet.Range range(int position, CodePointSet from, CodePointSet to) {
    int first = single(from);
    int last = single(to);
    if (first < 0 || last < 0) {
      throw source.error(position, "a range goes from one character to another");
    }
    if (last < first) {
      throw source.error(
          position,
          "%s comes after %s".formatted(SourceText.describe(first), SourceText.describe(last)));
    }
    return new CodePointSet.Range(first, last);
  }

  private static int single(CodePointSet set) {
    return set.ranges().size() == 1
            && set.ranges().getFirst().first() == set.ranges().getFirst().last()
        ? set.ranges().getFirst().first()
        : -1;
  }

  private CodePointSet item() {
    int start = source.position();
    int c = source.next();
    if (c != '\\') {
      return CodePointSet.range(c, c);
    }
    if (source.peek() == 'b') {
      source.next();
      return CodePointSet.of("\b");
    }
    return escape(start);
  }

  /** What follows a backslash at {@code start}. */
  CodePointSet escape(int start) {
    if (source.isAtEnd()) {
      throw source.expected("what the backslash escapes");
    }
    int c = source.next();
    return switch (c) {
      case 'd' -> DIGIT;
      case 'D' -> DIGIT.not();
      case 'w' -> WORD;
      case 'W' -> WORD.not();
      case 's' -> ASCII_SPACE;
      case 'S' -> ANY_SPACE.not();
      case 'p' -> property(start);
      case 'P' -> property(start).not();
      case 't' -> CodePointSet.of("\t");
      case 'n' -> CodePointSet.of("\n");
      case 'r' -> CodePointSet.of("\r");
      case 'f' -> CodePointSet.of("\f");
      case 'v' -> CodePointSet.of("\u000B");
      case '0' -> CodePointSet.of("\0");
      case 'c' -> control(start);
      case 'x', 'u' -> hex(start, c == 'x' ? 2 : 4);
      case 'b', 'B' -> throw source.error(start, "word boundaries are not supported");
      case 'k' -> throw backReference(start);
      default -> {
        if (SourceText.isDigit(c)) {
          throw backReference(start);
        }
        if (c < 0x80 && Character.isLetter(c)) {
          throw source.error(start, "there is no escape \\" + Character.toString(c));
        }
        yield CodePointSet.range(c, c);
      }
    };
  }

  private GrammarException backReference(int start) {
    return source.error(start, "references back to a group are not supported");
  }

  private CodePointSet control(int start) {
    int letter = source.isAtEnd() ? 0 : source.next();
    if (letter >= 0x80 || !Character.isLetter(letter)) {
      throw source.error(start, "\\c is followed by a letter");
    }
    return CodePointSet.range(letter & 0x1F, letter & 0x1F);
  }

  private CodePointSet hex(int start, int digits) {
    int codePoint = source.take("{") ? braced(start) : source.hex(digits);
    if (Character.isBmpCodePoint(codePoint) && Character.isHighSurrogate((char) codePoint)) {
      int next = source.position();
      if (source.take("\\u")) {
        int low = source.hex(4);
        if (Character.isLowSurrogate((char) low)) {
          codePoint = Character.toCodePoint((char) codePoint, (char) low);
        } else {
          source.moveTo(next);
        }
      }
    }
    if (codePoint >= 0xD800 && codePoint <= 0xDFFF) {
      throw source.error(start, "U+%04X is half a character".formatted(codePoint));
    }
    return CodePointSet.range(codePoint, codePoint);
  }

  private int braced(int start) {
    int digits = 0;
    while (source.peek(digits) != '}') {
      if (source.peek(digits) == SourceText.END || digits == 8) {
        throw source.error(start, "there is no \"}\" after the number of a character");
      }
      digits++;
    }
    if (digits == 0) {
      throw source.expected("the number of a character");
    }
    int codePoint = source.hex(digits);
    source.next();
    return codePoint;
  }

  private CodePointSet property(int start) {
    if (!source.take("{")) {
      throw source.expected("\"{\" and the name of a property");
    }
    var text = new StringBuilder();
    while (!source.isAtEnd() && source.peek() != '}') {
      text.appendCodePoint(source.next());
    }
    if (!source.take("}")) {
      throw source.error(start, "there is no \"}\" after the name of the property");
    }
    var name = text.toString();
    return category(name)
        .or(() -> script(name))
        .orElseThrow(
            () ->
                source.error(
                    start,
                    "there is no property \"%s\"; there are general categories such as L and Lu,"
                            .formatted(name)
                        + " and scripts such as Script=Greek"));
  }

  private static Optional<CodePointSet> category(String name) {
    var wanted = name.replaceFirst("^(gc|General_Category)=", "");
    boolean exists = false;
    for (var category : CATEGORIES) {
      exists |= !wanted.isEmpty() && wanted.length() <= 2 && category.startsWith(wanted);
    }
    return exists
        ? Optional.of(all(c -> CATEGORIES[Character.getType(c)].startsWith(wanted)))
        : Optional.empty();
  }

  private static Optional<CodePointSet> script(String name) {
    var wanted = name.replaceFirst("^(Script=|sc=|Is)", "");
    if (wanted.equals(name)) {
      return Optional.empty();
    }
    try {
      var script = Character.UnicodeScript.forName(wanted.toUpperCase(Locale.ROOT));
      return Optional.of(all(c -> Character.UnicodeScript.of(c) == script));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static CodePointSet all(IntPredicate wanted) {
    var ranges = new ArrayList<CodePointSet.Range>();
    int start = -1;
    for (int c = 0; c <= Character.MAX_CODE_POINT + 1; c++) {
      boolean in = c <= Character.MAX_CODE_POINT && wanted.test(c);
      if (in && start < 0) {
        start = c;
      } else if (!in && start >= 0) {
        ranges.add(new CodePointSet.Range(start, c - 1));
        start = -1;
      }
    }
    return new CodePointSet(ranges);
  }
}
