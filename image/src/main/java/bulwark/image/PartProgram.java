package bulwark.image;

import bulwark.app.dist.DistributionBuilder;
import bulwark.app.up.Part;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The program with the fact node alone, made of the listed components as the whole program is: what is not in the image cannot be attacked in it. Native libraries of other machines stay outside too.
 */
final class PartProgram {
    static final String FOLDER = "/opt/bulwark";
    private static final String PARTS = "META-INF/services/" + Part.class.getName();
    private static final String PART = "bulwark.app.stigmem.FactsPart";

    private PartProgram() {}

    /**
     * @param appJar of the module that holds commands and composition of all parts
     * @param components what Maven resolved for the image
     * @param work a folder to make it in
     */
    static void assemble(Path appJar, Path components, Path checksums, Path work, RootFolder root) throws IOException {
        Files.createDirectories(work);
        Path own = work.resolve("app.jar");
        copyPart(appJar, own);
        Path listed = work.resolve("components.txt");
        // The module's own jar is not a library here: its part of this part was taken out of it.
        Files.write(
                listed,
                Files.readAllLines(components).stream()
                        .filter(line -> !line.strip().startsWith("bulwark:app:"))
                        .toList());
        Path made = work.resolve("made");
        DistributionBuilder.main(new String[] {
            own.toString(), listed.toString(), checksums.toString(), ImageBuilder.VERSION, made.toString()
        });
        root.copy(made.resolve("bulwark.jar"), FOLDER + "/bulwark.jar", false);
        root.copy(made.resolve("sbom.json"), FOLDER + "/sbom.json", false);
        try (Stream<Path> natives = Files.list(made.resolve("native"))) {
            for (Path library : natives.toList()) {
                root.copy(library, FOLDER + "/native/" + library.getFileName(), false);
            }
        }
    }

    private static void copyPart(Path appJar, Path to) throws IOException {
        try (ZipFile zip = new ZipFile(appJar.toFile());
                OutputStream file = Files.newOutputStream(to);
                ZipOutputStream out = new ZipOutputStream(file)) {
            List<String> others = othersPackages(zip);
            for (ZipEntry entry :
                    zip.stream().sorted(Comparator.comparing(ZipEntry::getName)).toList()) {
                String name = entry.getName();
                if (!entry.isDirectory() && others.stream().noneMatch(name::startsWith)) {
                    out.putNextEntry(new ZipEntry(name));
                    if (name.equals(PARTS)) {
                        out.write((PART + "\n").getBytes(StandardCharsets.UTF_8));
                    } else {
                        try (InputStream content = zip.getInputStream(entry)) {
                            content.transferTo(out);
                        }
                    }
                }
            }
        }
    }

    /** Folders of the commands of the parts that stay outside. */
    private static List<String> othersPackages(ZipFile zip) throws IOException {
        try (InputStream parts = zip.getInputStream(Objects.requireNonNull(zip.getEntry(PARTS)))) {
            return new String(parts.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.equals(PART))
                    .map(line -> line.substring(0, line.lastIndexOf('.') + 1).replace('.', '/'))
                    .toList();
        }
    }
}
