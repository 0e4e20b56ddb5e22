package bulwark.app.up;

/**
 * A command whose starts count: it has a start-up cache of its own, which its training run makes.
 *
 * @param command for instance {@code stigmem-node}; also the cache's name
 * @param training the command, without arguments, that loads what such a start loads and little else
 */
public record TrainingRun(String command, String training) {}
