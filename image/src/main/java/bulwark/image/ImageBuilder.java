package bulwark.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Makes the image, from its folder to the OCI archive. Nothing of it depends on the time, the folder, the user or the order of files: the same sources, JDK and C library give the same
 * bytes. Arguments: {@code JDK APP-JAR COMPONENTS CHECKSUMS C-LIBRARY CLASS-LIST WORK OUTPUT [KEYS]}, where {@code C-LIBRARY} is the unpacked Debian package with its name in the file
 * {@code package}, and {@code WORK} an empty folder. With {@code KEYS}, a folder of a signer, the digest is signed. With {@code --train} in the place of {@code OUTPUT} it writes {@code CLASS-LIST} anew instead, from a run of the program.
 */
public final class ImageBuilder {
    /** Of every file in the image, and of the jars before the start-up archive is made of them, which remembers it. */
    static final Instant STAMP = Instant.parse("2026-01-01T00:00:00Z");

    static final String VERSION = "0.1.0";
    private static final String TRAIN = "--train";

    private ImageBuilder() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 8 || arguments.length > 9) {
            System.err.println(
                    "usage: JDK APP-JAR COMPONENTS CHECKSUMS C-LIBRARY CLASS-LIST WORK OUTPUT|--train [KEYS]");
            System.exit(2);
        }
        boolean training = arguments[7].equals(TRAIN);
        List<Path> paths = Arrays.stream(arguments)
                .filter(argument -> !argument.equals(TRAIN))
                .map(argument -> Path.of(argument).toAbsolutePath().normalize())
                .toList();
        Path classList = paths.get(5);
        Path work = paths.get(6);
        RootFolder root = RootFolder.create(work.resolve("root"));
        RuntimeLink.link(paths.get(0), root);
        CLibrary library = CLibrary.copy(paths.get(4), root);
        PartProgram.assemble(paths.get(1), paths.get(2), paths.get(3), work.resolve("program"), root);
        InsidePrograms.write(root);
        for (Path file : root.files().values()) {
            ElfTrim.trim(file);
        }
        root.stamp(STAMP);
        StartupArchive archive = new StartupArchive(root, work);
        if (training) {
            archive.train(classList);
            return;
        }
        archive.dump(classList);
        root.stamp(STAMP);
        ImageBill.write(root, library, Files.readString(paths.get(0).resolve("release")));
        root.stamp(STAMP);
        String digest = OciArchive.write(root, paths.get(7), work.resolve("cache"));
        List<ImageInspection.Check> held = inspect(paths.get(7), digest);
        report(root, paths.get(7), digest);
        if (paths.size() == 9) {
            Path signed = ImageSignature.write(paths.get(7), digest, held, paths.get(8), Clock.systemUTC());
            System.out.println("signed   " + signed + ", to be verified with the policy "
                    + paths.get(8).resolve("policy"));
        }
    }

    private static List<ImageInspection.Check> inspect(Path archive, String digest) throws IOException {
        List<ImageInspection.Check> held = ImageInspection.of(archive, digest);
        for (ImageInspection.Check check : ImageInspection.Check.values()) {
            if (!held.contains(check)) {
                throw new IOException("the image is not what was to be made: it does not hold that " + check.title);
            }
        }
        return held;
    }

    private static void report(RootFolder root, Path output, String digest) throws IOException {
        long unpacked = 0;
        for (Map.Entry<String, Path> file : root.files().entrySet()) {
            unpacked += Files.size(file.getValue());
        }
        System.out.println("image    " + output);
        System.out.println("digest   " + digest);
        System.out.println("unpacked " + unpacked + " bytes, " + root.files().size() + " files");
    }
}
