# Sourced by the scripts that run Java. find_java sets java_home to a JDK that is new enough, or ends
# the script with a message.
#
#   BITNET_JAVA_HOME  the JDK to use; else JAVA25_HOME, JAVA_HOME, java on the PATH, the usual places

readonly OLDEST_JAVA=25

# Whether $1 is the home of a Java that is new enough. Reads the file every JDK carries, because
# starting each candidate would cost more than the program itself.
is_new_enough() {
  local key value version=''
  [[ -x "$1/bin/java" ]] || return 1
  if [[ -r "$1/release" ]]; then
    while IFS='=' read -r key value; do
      if [[ "$key" == JAVA_VERSION ]]; then
        version="${value//\"/}"
      fi
    done < "$1/release"
  else
    version="$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')"
  fi
  version="${version%%[!0-9]*}"
  [[ -n "$version" && "$version" -ge "$OLDEST_JAVA" ]]
}

no_java() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

find_java() {
  java_home=''
  local candidate on_path
  if [[ -n "${BITNET_JAVA_HOME:-}" ]]; then
    is_new_enough "$BITNET_JAVA_HOME" ||
      no_java "BITNET_JAVA_HOME=$BITNET_JAVA_HOME is not a JDK $OLDEST_JAVA or newer"
    java_home="$BITNET_JAVA_HOME"
    return
  fi
  for candidate in "${JAVA25_HOME:-}" "${JAVA_HOME:-}"; do
    if [[ -n "$candidate" ]] && is_new_enough "$candidate"; then
      java_home="$candidate"
      return
    fi
  done
  if on_path="$(command -v java)"; then
    while [[ -L "$on_path" ]]; do
      candidate="$(readlink "$on_path")"
      [[ "$candidate" == /* ]] || candidate="$(dirname "$on_path")/$candidate"
      on_path="$candidate"
    done
    candidate="${on_path%/bin/java}"
    if is_new_enough "$candidate"; then
      java_home="$candidate"
      return
    fi
  fi
  for candidate in /usr/lib/jvm/* /usr/java/* /opt/java/* "${HOME:-}"/.sdkman/candidates/java/* \
    "${HOME:-}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if is_new_enough "$candidate"; then
      java_home="$candidate"
      return
    fi
  done
  no_java "no JDK $OLDEST_JAVA or newer found. Looked at JAVA25_HOME, JAVA_HOME, java on the PATH," \
    "/usr/lib/jvm, /usr/java, /opt/java, ~/.sdkman, ~/.jdks and /Library/Java." \
    "Install one (https://adoptium.net has builds for every system) or set BITNET_JAVA_HOME."
}
