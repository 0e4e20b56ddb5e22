package bulwark.kernel.evidence.tlog;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Up to 256 hashes of one level of a log's tree, as logs serve them. Source of the form and of its path: C2SP tlog-tiles.
 *
 * @param level 0 to 7 (a tree of 63 bits has no higher ones); a hash of a tile covers 256 to the power of it leaves
 * @param index of the tile within its level
 * @param width 1 to 256 hashes
 */
public record Tile(int level, long index, int width) {
    public static final int FULL_WIDTH = 256;
    private static final int HEIGHT = 8;
    private static final int MAX_LEVEL = 7;
    private static final Pattern PATH =
            Pattern.compile("tile/(0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\\.p/([1-9][0-9]{0,2}))?");

    public Tile {
        if (level < 0 || level > MAX_LEVEL || index < 0 || width < 1 || width > FULL_WIDTH) {
            throw new IllegalArgumentException("a tile has a level of 0 to 7, an index and 1 to 256 hashes");
        }
    }

    /** @throws NoteRefused when it is not the one path of a tile of hashes */
    public static Tile parse(String path) throws NoteRefused {
        Matcher parts = PATH.matcher(path);
        if (parts.matches()) {
            String partial = parts.group(3);
            String digits = parts.group(2).replaceAll("[x/]", "");
            int width = partial == null ? FULL_WIDTH : Integer.parseInt(partial);
            int level = Integer.parseInt(parts.group(1));
            if (digits.length() <= 18 && level <= MAX_LEVEL && width <= FULL_WIDTH) {
                Tile tile = new Tile(level, Long.parseLong(digits), width);
                if (tile.path().equals(path)) {
                    return tile;
                }
            }
        }
        throw new NoteRefused("this is not the path of a tile");
    }

    /** Below the address of the log, without a slash before it. */
    public String path() {
        StringBuilder digits = new StringBuilder(Long.toString(index));
        while (digits.length() % 3 != 0) {
            digits.insert(0, '0');
        }
        StringBuilder path = new StringBuilder("tile/").append(level).append('/');
        for (int at = 0; at < digits.length(); at += 3) {
            boolean last = at + 3 == digits.length();
            path.append(last ? "" : "x").append(digits, at, at + 3).append(last ? "" : "/");
        }
        return width == FULL_WIDTH
                ? path.toString()
                : path.append(".p/").append(width).toString();
    }

    /** Whether a tree of this size has all of its hashes. */
    public boolean isIn(long size) {
        long hashes = size >> (HEIGHT * level);
        return index <= hashes / FULL_WIDTH && index * FULL_WIDTH + width <= hashes;
    }

    /** 32 bytes for each hash. @param hashes of a tree that has them */
    public byte[] bytes(HashReader hashes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(width * TreeHash.BYTES);
        for (int at = 0; at < width; at++) {
            bytes.writeBytes(hashes.hash(HEIGHT * level, index * FULL_WIDTH + at));
        }
        return bytes.toByteArray();
    }
}
