package bulwark.tasks.setup;

/** Store URLs as they may be shown. */
public final class RedactedUrl {
    private RedactedUrl() {}

    /** Without user and password. */
    public static String redacted(String url) {
        int scheme = url.indexOf("://");
        int start = scheme < 0 ? -1 : scheme + 3;
        int slash = start < 0 ? -1 : url.indexOf('/', start);
        int at = start < 0 ? -1 : url.lastIndexOf('@', slash < 0 ? url.length() : slash);
        return start < 0 || at < start ? url : url.substring(0, start) + "***@" + url.substring(at + 1);
    }
}
