package bulwark.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Every file of a folder with its bytes and the time of its last change: what must be equal before and after something that only reads. */
public final class FolderImage {
    private FolderImage() {}

    /** By relative path; the folder itself and its folders are entries too, so that a file made and removed again shows. */
    public static Map<String, String> of(Path folder) {
        Map<String, String> image = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                String content = Files.isRegularFile(file)
                        ? Files.size(file) + " bytes " + Arrays.hashCode(Files.readAllBytes(file))
                        : "folder";
                image.put(folder.relativize(file).toString(), content + " " + Files.getLastModifiedTime(file));
            }
            return image;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a crash would leave at this moment: the files of a folder as they are, without subfolders. */
    public static void copy(Path folder, Path to) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(String.valueOf(file.getFileName())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder with all below it, modes and times included. What has the same name there is replaced. */
    public static void copyTree(Path folder, Path to) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(folder.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                    Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(file));
                } else {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
