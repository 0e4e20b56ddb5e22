package bulwark.gateway.http1;

import static bulwark.gateway.http1.RawRequestHead.CHUNKED;
import static bulwark.gateway.http1.RawRequestHead.CONNECTION_OPTIONS;
import static bulwark.gateway.http1.RawRequestHead.EXPECT_CONTINUE;
import static bulwark.gateway.http1.RawRequestHead.PERSISTENT;
import static bulwark.gateway.http1.RawRequestHead.UPGRADE;

import org.jspecify.annotations.Nullable;

/** What the header lines say of the message itself: its length, its connection, its host (RFC 9112 §3.2, §6, §9). Not thread-safe. */
final class MessageFraming {
    private static final int MAX_LENGTH_DIGITS = 18;
    private static final String TWO_FRAMES = "Content-Length and Transfer-Encoding must not come together.";

    long contentLength;
    int flags;
    int pathStart;
    int pathEnd;
    private int hostFields;
    private boolean closes;
    private boolean keepsAlive;

    /** @return what is wrong, as a sentence, or null */
    @Nullable
    String readRequest(HeadReader head) {
        String problem = readFields(head);
        if (problem != null) {
            return problem;
        }
        if (hostFields > 1 || hostFields == 0 && head.minorVersion == 1) {
            return "A request has exactly one Host.";
        }
        return target(head);
    }

    /** @return what is wrong, as a sentence, or null */
    @Nullable
    String readResponse(HeadReader head) {
        return readFields(head);
    }

    private @Nullable String readFields(HeadReader head) {
        contentLength = -1;
        flags = 0;
        hostFields = 0;
        closes = false;
        keepsAlive = false;
        for (int i = 0; i < head.fieldCount; i++) {
            long field = head.fields[i];
            String problem = switch (Field.code(field)) {
                case HeaderName.CONTENT_LENGTH -> contentLength(head.bytes, field);
                case HeaderName.TRANSFER_ENCODING -> transferEncoding(head, field);
                case HeaderName.CONNECTION -> connection(head.bytes, field);
                case HeaderName.HOST -> host(head.bytes, field);
                case HeaderName.EXPECT -> expect(head.bytes, field);
                default -> null;
            };
            if (problem != null) {
                return problem;
            }
        }
        if (contentLength >= 0 && (flags & CHUNKED) != 0) {
            return TWO_FRAMES;
        }
        if (!closes && (head.minorVersion == 1 || keepsAlive)) {
            flags |= PERSISTENT;
        }
        return null;
    }

    private @Nullable String contentLength(byte[] bytes, long field) {
        if (!isSpelledWithHyphen(bytes, field, "content-length")) {
            return "A header name reads like Content-Length and is not spelled so.";
        }
        if (contentLength >= 0) {
            return "There is more than one Content-Length.";
        }
        int start = Field.valueStart(field);
        int end = Field.valueEnd(field);
        if (start == end || end - start > MAX_LENGTH_DIGITS) {
            return "Content-Length is no number.";
        }
        long length = 0;
        for (int i = start; i < end; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return "Content-Length is no number.";
            }
            length = length * 10 + digit;
        }
        contentLength = length;
        return null;
    }

    private @Nullable String transferEncoding(HeadReader head, long field) {
        if (!isSpelledWithHyphen(head.bytes, field, "transfer-encoding")) {
            return "A header name reads like Transfer-Encoding and is not spelled so.";
        }
        boolean chunked =
                FieldSyntax.equalsIgnoreCase(head.bytes, Field.valueStart(field), Field.valueEnd(field), "chunked");
        if (!chunked || (flags & CHUNKED) != 0 || head.minorVersion == 0) {
            return "Transfer-Encoding must be chunked, once, and in HTTP/1.1.";
        }
        flags |= CHUNKED;
        return null;
    }

    /** A name that only folds to this one frames a message for some readers and not for others. */
    private static boolean isSpelledWithHyphen(byte[] bytes, long field, String name) {
        return FieldSyntax.equalsIgnoreCase(bytes, Field.nameStart(field), Field.nameEnd(field), name);
    }

    private @Nullable String connection(byte[] bytes, long field) {
        int end = Field.valueEnd(field);
        int at = Field.valueStart(field);
        while (at < end) {
            int tokenEnd = FieldSyntax.tokenEnd(bytes, at, end);
            int trimmed = FieldSyntax.trimmed(bytes, at, tokenEnd);
            if (FieldSyntax.equalsIgnoreCase(bytes, at, trimmed, "close")) {
                closes = true;
            } else if (FieldSyntax.equalsIgnoreCase(bytes, at, trimmed, "keep-alive")) {
                keepsAlive = true;
            } else if (FieldSyntax.equalsIgnoreCase(bytes, at, trimmed, "upgrade")) {
                flags |= UPGRADE;
            } else {
                flags |= CONNECTION_OPTIONS;
            }
            at = FieldSyntax.nextToken(bytes, tokenEnd, end);
        }
        return null;
    }

    private @Nullable String host(byte[] bytes, long field) {
        hostFields++;
        for (int i = Field.valueStart(field); i < Field.valueEnd(field); i++) {
            byte c = bytes[i];
            if (c <= ' ' || c >= 0x7f || "/\\@?#,\"<>^`{|}".indexOf(c) >= 0) {
                return "The Host holds a character that no host has.";
            }
        }
        return null;
    }

    private @Nullable String expect(byte[] bytes, long field) {
        if (!FieldSyntax.equalsIgnoreCase(bytes, Field.valueStart(field), Field.valueEnd(field), "100-continue")) {
            return "Only the expectation 100-continue is known.";
        }
        flags |= EXPECT_CONTINUE;
        return null;
    }

    /** The target begins with a slash, is a star, or is a URL that names the Host's authority. */
    private @Nullable String target(HeadReader head) {
        byte[] bytes = head.bytes;
        pathStart = head.targetStart;
        byte first = bytes[pathStart];
        if (first == '/' || first == '*' && head.targetEnd == pathStart + 1) {
            return pathEnd(head);
        }
        int authority = schemeEnd(head);
        if (authority < 0) {
            return "The target of the request is neither a path nor a URL of http.";
        }
        int path = authority;
        while (path < head.targetEnd && bytes[path] != '/' && bytes[path] != '?') {
            path++;
        }
        if (path == head.targetEnd || bytes[path] != '/') {
            return "The URL in the request line has no path.";
        }
        if (!isHost(head, authority, path)) {
            return "The request line names another host than Host does.";
        }
        pathStart = path;
        return pathEnd(head);
    }

    private @Nullable String pathEnd(HeadReader head) {
        pathEnd = head.targetEnd;
        for (int i = head.targetEnd - 1; i >= pathStart; i--) {
            if (head.bytes[i] == '?') {
                pathEnd = i;
            } else if (head.bytes[i] == '#') {
                return "The target of the request holds a fragment.";
            }
        }
        return null;
    }

    private static int schemeEnd(HeadReader head) {
        for (String scheme : new String[] {"http://", "https://"}) {
            int end = head.targetStart + scheme.length();
            if (end < head.targetEnd && FieldSyntax.equalsIgnoreCase(head.bytes, head.targetStart, end, scheme)) {
                return end;
            }
        }
        return -1;
    }

    private static boolean isHost(HeadReader head, int start, int end) {
        for (int i = 0; i < head.fieldCount; i++) {
            long field = head.fields[i];
            if (Field.code(field) == HeaderName.HOST) {
                int value = Field.valueStart(field);
                boolean same = Field.valueEnd(field) - value == end - start;
                for (int k = 0; same && k < end - start; k++) {
                    same = FieldSyntax.lower(head.bytes[start + k]) == FieldSyntax.lower(head.bytes[value + k]);
                }
                return same;
            }
        }
        return false;
    }
}
