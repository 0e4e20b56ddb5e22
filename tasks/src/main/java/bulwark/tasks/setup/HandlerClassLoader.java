package bulwark.tasks.setup;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where a worker finds handlers besides the program's own: the jars and class folders of {@code STEM_HANDLERS}. */
public final class HandlerClassLoader {
    private HandlerClassLoader() {}

    /**
     * A loader for {@link java.util.ServiceLoader}, for the life of the process.
     *
     * @param directory relative paths are resolved against it
     * @throws ConfigurationRefused naming each path that is no readable jar or folder
     */
    public static ClassLoader of(Configuration configuration, Path directory) {
        List<String> faults = new ArrayList<>();
        List<URL> places = new ArrayList<>();
        for (String path : configuration.list("STEM_HANDLERS")) {
            Path place = directory.resolve(path).toAbsolutePath();
            try {
                if (!Files.isReadable(place)) {
                    faults.add("STEM_HANDLERS: there is no readable jar or folder at " + place);
                } else {
                    places.add(place.toUri().toURL());
                }
            } catch (MalformedURLException e) {
                faults.add("STEM_HANDLERS: " + place + " cannot be a class path entry");
            }
        }
        if (!faults.isEmpty()) {
            throw new ConfigurationRefused(faults);
        }
        return new URLClassLoader(places.toArray(URL[]::new), HandlerClassLoader.class.getClassLoader());
    }
}
