package bulwark.facts.snapshot;

import bulwark.kernel.signing.Digests;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/** The three files of a snapshot in one {@code tar.gz}. */
final class SnapshotArchive {
    static final String MANIFEST = "manifest.json";
    static final String DATABASE = "artifacts/stigmem.db";
    static final String CURSOR = "artifacts/schema_migration_cursor.json";

    private static final long MAX_JSON = 1 << 20;
    /** SQLite pages compress about tenfold; far more than that is a bomb. */
    private static final long MAX_EXPANSION = 200;

    private static final long EXPANSION_FLOOR = 64L << 20;

    private SnapshotArchive() {}

    /** Writes to a new owner-only file, syncs and closes it. */
    static void write(FileChannel archive, byte[] manifest, Path database, byte[] cursor) throws IOException {
        try (archive) {
            GZIPOutputStream compressed =
                    new GZIPOutputStream(new BufferedOutputStream(Channels.newOutputStream(archive)), 1 << 16);
            TarWriter tar = new TarWriter(compressed);
            tar.add(MANIFEST, manifest);
            tar.add(CURSOR, cursor);
            tar.add(DATABASE, database);
            tar.finish();
            compressed.finish();
            compressed.flush();
            archive.force(true);
        }
    }

    /** What came out: the manifest as read, and where the database was put. */
    record Unpacked(SnapshotManifest manifest, byte[] cursor, String databaseDigest) {}

    /** @param database existing owner-only file that receives the database @throws SnapshotRefused */
    static Unpacked unpack(Path archive, Path database) {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive))) {
            return unpack(file, Files.size(archive), database);
        } catch (ZipException e) {
            throw new SnapshotRefused(archive + " is not a gzip archive, or is damaged.");
        } catch (java.io.EOFException e) {
            throw new SnapshotRefused("The archive is cut off.");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Unpacked unpack(InputStream compressed, long compressedSize, Path database) throws IOException {
        long maxDatabase = Math.min(TarWriter.MAX_SIZE, Math.max(EXPANSION_FLOOR, compressedSize * MAX_EXPANSION));
        byte[] manifest = null;
        byte[] cursor = null;
        String digest = null;
        try (InputStream gzip = new GZIPInputStream(compressed, 1 << 16)) {
            TarReader tar = new TarReader(gzip, Map.of(MANIFEST, MAX_JSON, CURSOR, MAX_JSON, DATABASE, maxDatabase));
            for (Optional<String> name = tar.next(); name.isPresent(); name = tar.next()) {
                switch (name.get()) {
                    case MANIFEST -> manifest = bytes(tar);
                    case CURSOR -> cursor = bytes(tar);
                    default -> {
                        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(database))) {
                            tar.copyTo(out);
                        }
                        digest = digest(database);
                    }
                }
            }
        }
        if (manifest == null || cursor == null || digest == null) {
            throw new SnapshotRefused("The archive lacks its manifest, its database or its migration cursor.");
        }
        return new Unpacked(SnapshotManifest.parse(manifest), cursor, digest);
    }

    static String digest(byte[] bytes) {
        return "sha256:" + Digests.sha256Hex(bytes);
    }

    static String digest(Path file) throws IOException {
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), Digests.newSha256())) {
            in.transferTo(OutputStream.nullOutputStream());
            return "sha256:" + HexFormat.of().formatHex(in.getMessageDigest().digest());
        }
    }

    private static byte[] bytes(TarReader tar) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        tar.copyTo(out);
        return out.toByteArray();
    }
}
