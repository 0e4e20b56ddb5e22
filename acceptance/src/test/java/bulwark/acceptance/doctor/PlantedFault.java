package bulwark.acceptance.doctor;

import java.util.Set;

/**
 * One thing that goes wrong in a deployment.
 *
 * @param id of the probe that must name it
 * @param words what is planted
 * @param also ids that the same thing moves
 */
record PlantedFault(String id, String words, Plant plant, Set<String> also) {
    PlantedFault {
        also = Set.copyOf(also);
    }

    /** Breaks the deployment by ordinary means, and shows that it did by another look than the doctor's. */
    interface Plant {
        /** @return what undoes it */
        AutoCloseable into(DoctoredDeployment deployment) throws Exception;
    }
}
