package bulwark.web;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A cookie that an answer sets (RFC 6265bis, section 4.1). It never has a {@code Domain}: it goes back to this host alone. Made by {@link #of} it is
 * {@code Secure}, {@code HttpOnly} and {@code SameSite=Strict}, for every path, until the browser ends.
 *
 * @param name a token; {@code __Host-} in front of it asks for {@code Secure} and the path {@code /}, {@code __Secure-} for {@code Secure}
 * @param value printable ASCII without blanks, commas, semicolons and backslashes
 * @param path begins with a slash
 * @param maxAge whole seconds from 0 (the browser forgets it at once) to 400 days; null until the browser ends
 */
public record SetCookie(
        String name,
        String value,
        String path,
        @Nullable Duration maxAge,
        boolean secure,
        boolean httpOnly,
        SameSite sameSite) {
    private static final Duration MAX_AGE_LIMIT = Duration.ofDays(400);
    private static final int MAX_LENGTH = 4096;

    /** Which requests from pages of other sites bring the cookie. */
    public enum SameSite {
        /** None of them. */
        STRICT("Strict"),
        /** Those that follow a link. */
        LAX("Lax"),
        /** All of them; the cookie must be secure. */
        NONE("None");

        private final String text;

        SameSite(String text) {
            this.text = text;
        }
    }

    /** @throws IllegalArgumentException naming what browsers would refuse or read otherwise */
    public SetCookie {
        require(CookieGrammar.isName(name), "the name of a cookie must be a token");
        require(CookieGrammar.isValue(value), "the value of cookie " + name + " holds a forbidden character");
        require(
                name.length() + value.length() <= MAX_LENGTH,
                "name and value of cookie " + name + " have more than " + MAX_LENGTH + " characters");
        require(
                path.startsWith("/") && path.chars().allMatch(c -> c >= ' ' && c < 0x7f && c != ';'),
                "the path of cookie " + name + " must begin with a slash and hold neither ; nor control characters");
        require(
                maxAge == null || (!maxAge.isNegative() && maxAge.compareTo(MAX_AGE_LIMIT) <= 0),
                "cookie " + name + " may live for 0 s to " + MAX_AGE_LIMIT.toDays() + " days");
        require(secure || sameSite != SameSite.NONE, "cookie " + name + " with SameSite=None must be secure");
        // Browsers compare the prefixes in any case.
        String prefixed = name.toLowerCase(Locale.ROOT);
        boolean host = prefixed.startsWith("__host-");
        require(
                secure || (!host && !prefixed.startsWith("__secure-")),
                "cookie " + name + " must be secure: its prefix says so");
        require(!host || path.equals("/"), "cookie " + name + " must have the path /: its prefix says so");
    }

    public static SetCookie of(String name, String value) {
        return new SetCookie(name, value, "/", null, true, true, SameSite.STRICT);
    }

    /** Makes the browser forget the cookie of this name with the path {@code /}. */
    public static SetCookie removal(String name) {
        return of(name, "").withMaxAge(Duration.ZERO);
    }

    public SetCookie withPath(String other) {
        return new SetCookie(name, value, other, maxAge, secure, httpOnly, sameSite);
    }

    public SetCookie withMaxAge(Duration age) {
        return new SetCookie(name, value, path, age, secure, httpOnly, sameSite);
    }

    public SetCookie withSameSite(SameSite other) {
        return new SetCookie(name, value, path, maxAge, secure, httpOnly, other);
    }

    /** Scripts of the page may read it. */
    public SetCookie readableByScripts() {
        return new SetCookie(name, value, path, maxAge, secure, false, sameSite);
    }

    /** Also over plain HTTP: for development on a machine's own addresses. */
    public SetCookie overPlainHttp() {
        return new SetCookie(name, value, path, maxAge, false, httpOnly, sameSite);
    }

    /** The value of the header. */
    String text() {
        return name + "=" + value + "; Path=" + path
                + (maxAge == null ? "" : "; Max-Age=" + maxAge.toSeconds())
                + (secure ? "; Secure" : "")
                + (httpOnly ? "; HttpOnly" : "")
                + "; SameSite=" + sameSite.text;
    }

    /** Without the value, which may be a secret. */
    @Override
    public String toString() {
        return "SetCookie[" + name + "]";
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
