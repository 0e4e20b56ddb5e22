package bulwark.facts.graph;

import java.util.List;

/**
 * An entity found by walking edges.
 *
 * @param relation of the edge that led here
 * @param hops length of the shortest walk, ≥ 1
 * @param path entities from the start up to, and without, this one
 * @param contradicted the fact of that edge lost a contradiction
 */
public record Neighbour(
        String entity, String relation, int hops, double confidence, List<String> path, boolean contradicted) {
    public Neighbour {
        path = List.copyOf(path);
    }
}
