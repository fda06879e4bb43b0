package io.github.bitnet4j.ffi;

/**
 * The native library could not be found, extracted or loaded. The message names the platform, every
 * file tried with the reason it failed, and what to do.
 */
public final class NativeLibraryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NativeLibraryException(String message, Throwable cause) {
    super(message, cause);
  }
}
