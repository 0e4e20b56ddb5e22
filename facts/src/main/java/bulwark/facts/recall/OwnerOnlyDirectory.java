package bulwark.facts.recall;

import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;

/** The folder of the index: it holds the words of every fact, so it is as closed as the store. Files of earlier releases are closed too. */
class OwnerOnlyDirectory extends MMapDirectory {
    OwnerOnlyDirectory(Path folder) throws IOException {
        super(folder);
        OwnerOnlyFiles.restrict(folder);
        // The writer makes this one without asking the directory, unless it is there.
        OwnerOnlyFiles.open(
                        folder.resolve(IndexWriter.WRITE_LOCK_NAME),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)
                .close();
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                OwnerOnlyFiles.restrict(file);
            }
        }
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
        return restricted(super.createOutput(name, context));
    }

    @Override
    public IndexOutput createTempOutput(String prefix, String suffix, IOContext context) throws IOException {
        return restricted(super.createTempOutput(prefix, suffix, context));
    }

    /** Still empty, and in a folder that nobody else can enter. */
    private IndexOutput restricted(IndexOutput output) throws IOException {
        OwnerOnlyFiles.restrict(getDirectory().resolve(output.getName()));
        return output;
    }
}
