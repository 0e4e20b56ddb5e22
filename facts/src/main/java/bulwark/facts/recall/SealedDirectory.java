package bulwark.facts.recall;

import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.Digests;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.OutputStreamIndexOutput;
import org.jspecify.annotations.Nullable;

/**
 * The folder of an index whose files are digested while they are written, never from what lies on the disk. Lucene writes each file once.
 * Before a commit becomes valid its files are sealed. Thread-safe.
 */
final class SealedDirectory extends OwnerOnlyDirectory {
    private static final int BUFFER_BYTES = 1 << 14;

    private final IndexSeal seal;
    private final Map<String, String> digests = new ConcurrentHashMap<>();

    /** @throws ForeignIndexFiles when the committed files are not what was sealed */
    SealedDirectory(Path folder, IndexSeal seal) throws IOException {
        super(folder);
        this.seal = seal;
        digests.putAll(verified(this, folder, seal));
    }

    /** The files of the index are not those that the node wrote. */
    static final class ForeignIndexFiles extends IOException {
        ForeignIndexFiles(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** What the files of the newest commit hold, after it was compared with the seal; nothing where there is no commit. */
    static Map<String, String> verified(Directory directory, Path folder, IndexSeal seal) throws IOException {
        SegmentInfos commit;
        try {
            commit = SegmentInfos.readLatestCommit(directory);
        } catch (IndexNotFoundException none) {
            return Map.of();
        } catch (IOException | RuntimeException e) {
            throw new ForeignIndexFiles("the search index " + folder + " cannot be read: " + e, e);
        }
        try {
            Map<String, String> sealed = seal.read();
            for (String name : commit.files(true)) {
                String is = digest(folder.resolve(name));
                if (!is.equals(sealed.get(name))) {
                    throw new ForeignIndexFiles(
                            "the search index " + folder + " holds a file " + name + " that this node did not write",
                            null);
                }
            }
            sealed.keySet().retainAll(commit.files(true));
            return sealed;
        } catch (NoSuchFileException absent) {
            throw new ForeignIndexFiles("the search index " + folder + " lacks the file " + absent.getFile(), absent);
        } catch (ForeignIndexFiles e) {
            throw e;
        } catch (IOException e) {
            throw new ForeignIndexFiles("the search index " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * Compares the files that an open index uses with what was written into them.
     *
     * @param pause called between files
     * @param stopped whether nobody waits for the verdict any more
     * @return a sentence, or null when they agree
     */
    @Nullable
    String mismatch(Runnable pause, BooleanSupplier stopped) throws IOException {
        for (Map.Entry<String, String> file : digests.entrySet()) {
            if (stopped.getAsBoolean()) {
                return null;
            }
            pause.run();
            String name = file.getKey();
            String wrong = null;
            try {
                if (!digest(getDirectory().resolve(name)).equals(file.getValue())) {
                    wrong = "the search index holds a file " + name + " that this node did not write";
                }
            } catch (NoSuchFileException gone) {
                wrong = "the search index lacks the file " + name;
            }
            // A merge may have removed it meanwhile.
            if (wrong != null && file.getValue().equals(digests.get(name))) {
                return wrong;
            }
        }
        return null;
    }

    private static String digest(Path file) throws IOException {
        MessageDigest digest = Digests.newSha256();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Once a commit is valid: what came before it is no longer. */
    void sealCommitted() throws IOException {
        seal.write(digests);
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
        ensureOpen();
        OutputStream file =
                Channels.newOutputStream(OwnerOnlyFiles.createNew(getDirectory().resolve(name)));
        String description = "SealedDirectory(" + getDirectory().resolve(name) + ")";
        return new OutputStreamIndexOutput(description, name, new DigestedOutput(name, file), BUFFER_BYTES);
    }

    @Override
    public void deleteFile(String name) throws IOException {
        digests.remove(name);
        super.deleteFile(name);
    }

    /** A commit becomes valid by the new name of its list of segments. */
    @Override
    public void rename(String source, String destination) throws IOException {
        String digest = digests.get(source);
        if (digest != null) {
            digests.put(destination, digest);
        }
        if (destination.startsWith(IndexFileNames.SEGMENTS)) {
            seal.write(digests);
        }
        super.rename(source, destination);
        digests.remove(source);
    }

    /** Not thread-safe, as every output of Lucene. */
    private final class DigestedOutput extends FilterOutputStream {
        private final String name;
        private final MessageDigest digest = Digests.newSha256();
        private boolean closed;

        DigestedOutput(String name, OutputStream file) {
            super(file);
            this.name = name;
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
            digest.update((byte) value);
        }

        /** In pieces: the JDK copies what a channel writes into a buffer of that length, for each thread. */
        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            int end = from + length;
            for (int at = from; at < end; at += BUFFER_BYTES) {
                out.write(bytes, at, Math.min(BUFFER_BYTES, end - at));
            }
            digest.update(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
            super.close();
            if (!closed) {
                closed = true;
                digests.put(name, HexFormat.of().formatHex(digest.digest()));
            }
        }
    }
}
