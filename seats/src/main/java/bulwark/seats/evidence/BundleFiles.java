package bulwark.seats.evidence;

import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of one folder: {@code 0000000001.json} and on, each there whole or not at all, never replaced, readable by its owner and group alone. */
final class BundleFiles {
    private static final Pattern NAME = Pattern.compile("[0-9]{10}\\.json");
    private static final String TEMPORARY = ".tmp";
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_PARALLEL = 8;

    private final Path folder;

    BundleFiles(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder, and removes what a kill left of files that were never whole. */
    void prepare() throws IOException {
        OwnerOnlyFiles.createDirectories(folder.toAbsolutePath());
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(TEMPORARY)).toList()) {
                Files.delete(file);
            }
        }
    }

    Path path(long number) {
        return folder.resolve(String.format("%010d.json", number));
    }

    /** Returns when all are on disk, each under its name, in order. @throws java.nio.file.FileAlreadyExistsException rather than replace a file */
    void write(List<EvidenceBundle> bundles) throws IOException {
        stage(bundles);
        for (EvidenceBundle bundle : bundles) {
            Path file = path(bundle.number());
            // A link is made only where the name is free: exclusive, and whole from its first moment on.
            Files.createLink(file, temporary(file));
            Files.delete(temporary(file));
        }
        sync();
    }

    /** Together, because syncs that overlap cost little more than one. */
    private void stage(List<EvidenceBundle> bundles) throws IOException {
        if (bundles.size() == 1) {
            stage(bundles.getFirst());
            return;
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(MAX_PARALLEL)) {
            List<Future<Void>> writes = new ArrayList<>();
            for (EvidenceBundle bundle : bundles) {
                writes.add(threads.submit(() -> {
                    stage(bundle);
                    return null;
                }));
            }
            for (Future<Void> write : writes) {
                write.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while evidence was written");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(String.valueOf(e.getCause()), e);
        }
    }

    private void stage(EvidenceBundle bundle) throws IOException {
        Path temporary = temporary(path(bundle.number()));
        Files.deleteIfExists(temporary);
        try (FileChannel channel = OwnerOnlyFiles.createNew(temporary)) {
            ByteBuffer bytes = ByteBuffer.wrap(bundle.file());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("r--r-----"));
            channel.force(true);
        }
    }

    private static Path temporary(Path file) {
        return file.resolveSibling(file.getFileName() + TEMPORARY);
    }

    /** Names too. */
    void sync() throws IOException {
        OwnerOnlyFiles.syncFolder(path(1));
    }

    Optional<byte[]> read(long number) throws IOException {
        Path file = path(number);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        return Files.size(file) > MAX_BYTES ? Optional.of(new byte[0]) : Optional.of(Files.readAllBytes(file));
    }

    /** Numbers of the files that are there, in order. */
    List<Long> numbers() throws IOException {
        List<Long> numbers = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                files.map(file -> String.valueOf(file.getFileName()))
                        .filter(name -> NAME.matcher(name).matches())
                        .sorted()
                        .forEach(name -> numbers.add(Long.parseLong(name.substring(0, 10))));
            }
        }
        return numbers;
    }
}
