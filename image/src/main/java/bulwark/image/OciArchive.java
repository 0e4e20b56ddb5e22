package bulwark.image;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;

/** Packs the folder into an OCI archive: three layers on nothing, from what changes least to what changes most. Asks no registry and needs no engine. */
final class OciArchive {
    private static final String NAME = "stigmem-node:" + ImageBuilder.VERSION;
    private static final FilePermissions READABLE = FilePermissions.fromOctalString("644");
    private static final FilePermissions EXECUTABLE = FilePermissions.fromOctalString("755");
    private static final String NONROOT = InsidePrograms.USER + ":" + InsidePrograms.USER;

    private OciArchive() {}

    /** @return digest of the manifest: {@code sha256:} and 64 hexadecimal digits */
    static String write(RootFolder root, Path output, Path cache) throws IOException, InterruptedException {
        Files.createDirectories(cache);
        Predicate<String> runtime = path -> path.startsWith(RuntimeLink.HOME) || path.startsWith("/lib");
        Predicate<String> program = path -> path.startsWith(PartProgram.FOLDER);
        JibContainerBuilder image = Jib.fromScratch()
                .setFormat(ImageFormat.OCI)
                .setPlatforms(Set.of(new Platform("amd64", "linux")))
                .setCreationTime(ImageBuilder.STAMP)
                .setUser(NONROOT)
                .setWorkingDirectory(AbsoluteUnixPath.get("/data"))
                .setEntrypoint("/usr/bin/stigmem-node")
                .setEnvironment(Map.of("PATH", "/usr/bin", "STIGMEM_DB_PATH", "/data/stigmem.db"))
                .setExposedPorts(Set.of(Port.tcp(8765)))
                .setLabels(Map.of(
                        "org.opencontainers.image.title",
                        "stigmem-node",
                        "org.opencontainers.image.version",
                        ImageBuilder.VERSION))
                .addFileEntriesLayer(layer("runtime", root, runtime).build())
                .addFileEntriesLayer(layer("program", root, program).build())
                .addFileEntriesLayer(
                        folders(layer("system", root, runtime.or(program).negate()), root)
                                .build());
        try {
            return image.containerize(Containerizer.to(TarImage.at(output).named(NAME))
                            .setOfflineMode(true)
                            .setBaseImageLayersCache(cache.resolve("base"))
                            .setApplicationLayersCache(cache.resolve("layers"))
                            .setToolName("bulwark")
                            .setToolVersion(ImageBuilder.VERSION))
                    .getDigest()
                    .toString();
        } catch (InvalidImageReferenceException
                | RegistryException
                | CacheDirectoryCreationException
                | ExecutionException e) {
            throw new IOException("the image could not be packed: " + e.getMessage(), e);
        }
    }

    private static FileEntriesLayer.Builder layer(String name, RootFolder root, Predicate<String> which)
            throws IOException {
        FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(name);
        root.files().forEach((path, file) -> {
            if (which.test(path)) {
                layer.addEntry(
                        file,
                        AbsoluteUnixPath.get(path),
                        RootFolder.isExecutable(file) ? EXECUTABLE : READABLE,
                        ImageBuilder.STAMP,
                        "0:0");
            }
        });
        return layer;
    }

    /** The mode of {@code /tmp} is copied onto a tmpfs that is mounted there without one. */
    private static FileEntriesLayer.Builder folders(FileEntriesLayer.Builder layer, RootFolder root) {
        return layer.addEntry(
                        root.at("/tmp"),
                        AbsoluteUnixPath.get("/tmp"),
                        FilePermissions.fromOctalString("777"),
                        ImageBuilder.STAMP,
                        "0:0")
                .addEntry(
                        root.at("/data"),
                        AbsoluteUnixPath.get("/data"),
                        FilePermissions.fromOctalString("700"),
                        ImageBuilder.STAMP,
                        NONROOT);
    }
}
