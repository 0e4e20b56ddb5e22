package bulwark.web;

import java.util.List;
import java.util.Locale;

/**
 * Other beginnings of a path that lead to the same routes: they are taken off before anything looks at the path, so that no spelling of it passes by a check. Where a service has such prefixes, paths that another reader could
 * understand otherwise are refused: dot segments, empty segments, encoded slashes, backslashes and dots, and one prefix behind another. Immutable.
 */
record PathPrefixes(List<String> prefixes) {
    static final PathPrefixes NONE = new PathPrefixes(List.of());

    /** @throws IllegalArgumentException for a prefix that does not begin with a slash or ends with one */
    PathPrefixes {
        prefixes = List.copyOf(prefixes);
        for (String prefix : prefixes) {
            if (!prefix.startsWith("/") || prefix.endsWith("/")) {
                throw new IllegalArgumentException("a prefix begins with a slash and does not end with one: " + prefix);
            }
        }
    }

    /** @throws RequestTarget.Malformed for a path that is refused */
    String normalize(String path) {
        if (prefixes.isEmpty()) {
            return path;
        }
        String lower = path.toLowerCase(Locale.ROOT);
        if (lower.contains("//") || lower.contains("%2f") || lower.contains("%5c") || lower.contains("%2e")) {
            throw new RequestTarget.Malformed("The path holds an empty segment or an encoded slash or dot.");
        }
        for (String segment : lower.split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                throw new RequestTarget.Malformed("The path holds a dot segment.");
            }
        }
        String bare = withoutOne(path);
        if (!bare.equals(withoutOne(bare))) {
            throw new RequestTarget.Malformed("The path has two prefixes.");
        }
        return bare;
    }

    private String withoutOne(String path) {
        for (String prefix : prefixes) {
            if (path.startsWith(prefix + "/")) {
                return path.substring(prefix.length());
            }
        }
        return path;
    }
}
