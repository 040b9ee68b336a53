using Agents.Replication;

namespace Agents.Plugins.Malt.Replication;

/// <summary>
/// The one model that plays all roles before the method trains them (papers/33 §5): the model under test with an adapter that practised generating, verifying and refining. Without it the embedded model's
/// verifier accepts nearly everything, a critique carries nothing, and there is no credit to assign.
/// </summary>
internal static class RoleFoundation
{
    private const int ConversationsPerStep = 32;

    /// <summary>Trains it, once for all seeds.</summary>
    /// <param name="laboratory">Role data and training.</param>
    /// <param name="scale">Sizes.</param>
    /// <param name="seed">Seed of data and training.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    public static Task<ExperimentAdapter> TrainAsync(ILaboratory laboratory, TreeScale scale, ulong seed, CancellationToken cancellationToken)
    {
        int part = scale.FoundationExamples / 24;
        return laboratory.TrainAsync(
            new AdapterTraining
            {
                Name = "roles",
                Seed = seed,
                Rank = TreeScale.Rank,
                LearningRate = TreeScale.FoundationRate,
                Epochs = TreeScale.FoundationEpochs,
                BatchSize = ConversationsPerStep,
                Conversations =
                [
                    .. laboratory.RoleData(new RoleQuery("solve", TreeScale.Family, part, seed)),
                    .. laboratory.RoleData(new RoleQuery("verify", TreeScale.Family, 19 * part, seed) { CleanTargets = true }),
                    .. laboratory.RoleData(new RoleQuery("refine", TreeScale.Family, 4 * part, seed)),
                ],
            },
            cancellationToken);
    }
}
