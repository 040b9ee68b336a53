using Agents.Plugins.Malt.Data;
using Agents.Plugins.Malt.Pipeline;
using Agents.Replication;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Malt.Replication;

/// <summary>Trains the roles on the sets of the curator (papers/33 §2.4): supervised for all three, then DPO for verifier and refiner.</summary>
/// <param name="laboratory">Prompts and training.</param>
/// <param name="sets">Examples and pairs.</param>
/// <param name="name">Begin of the adapters' names.</param>
/// <param name="foundation">Where all roles start: the common model of the untrained pipeline.</param>
/// <param name="seed">Seed of the training.</param>
internal sealed class RoleTraining(ILaboratory laboratory, RoleDatasets sets, string name, ExperimentAdapter foundation, ulong seed)
{
    private const int ConversationsPerStep = 16;

    /// <summary>Trains all roles on positive texts: the STaR baseline, and the start of DPO. A role without any example stays as it was.</summary>
    /// <param name="cancellationToken">Stops the training.</param>
    public async Task<RoleAdapterSet> SupervisedAsync(CancellationToken cancellationToken) => new(
        await SupervisedAsync(MaltRole.Generator, cancellationToken).ConfigureAwait(false),
        await SupervisedAsync(MaltRole.Verifier, cancellationToken).ConfigureAwait(false),
        await SupervisedAsync(MaltRole.Refiner, cancellationToken).ConfigureAwait(false));

    /// <summary>Goes on with DPO for verifier and refiner.</summary>
    /// <param name="supervised">Where each role starts; its own reference.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    public async Task<RoleAdapterSet> PreferredAsync(RoleAdapterSet supervised, double rate, CancellationToken cancellationToken) => supervised with
    {
        Verifier = await PreferredAsync(MaltRole.Verifier, supervised.Verifier, rate, cancellationToken).ConfigureAwait(false),
        Refiner = await PreferredAsync(MaltRole.Refiner, supervised.Refiner, rate, cancellationToken).ConfigureAwait(false),
    };

    private async Task<ExperimentAdapter> SupervisedAsync(MaltRole role, CancellationToken cancellationToken)
    {
        TrainingConversation[] conversations = [.. sets.Examples
            .Where(example => example.Role == role)
            .DistinctBy(example => (example.Context.Question, example.Context.Solution, example.Context.Critique, example.Target))
            .Select(example => new TrainingConversation(Prompt(role, example.Context), example.Target))];
        return conversations.Length == 0 ? foundation : await laboratory.TrainAsync(
            new AdapterTraining
            {
                Name = $"{name}-{RolePrompt.NameOf(role)}-sft",
                Seed = seed,
                Start = foundation,
                Conversations = conversations,
                LearningRate = TreeScale.SupervisedRate,
                Epochs = TreeScale.SupervisedEpochs,
                BatchSize = ConversationsPerStep,
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<ExperimentAdapter> PreferredAsync(MaltRole role, ExperimentAdapter start, double rate, CancellationToken cancellationToken)
    {
        TrainingPreference[] pairs = [.. sets.Pairs
            .Where(pair => pair.Role == role)
            .DistinctBy(pair => (pair.Context.Question, pair.Context.Solution, pair.Context.Critique, pair.Chosen, pair.Rejected))
            .Select(pair => new TrainingPreference(Prompt(role, pair.Context), pair.Chosen, pair.Rejected))];
        return pairs.Length == 0 ? start : await laboratory.TrainAsync(
            new AdapterTraining
            {
                Name = $"{name}-{RolePrompt.NameOf(role)}-dpo",
                Seed = seed,
                Preferences = pairs,
                Start = start,
                LearningRate = rate,
                Epochs = TreeScale.PreferenceEpochs,
                BatchSize = ConversationsPerStep,
                Beta = TreeScale.Beta,
            },
            cancellationToken).ConfigureAwait(false);
    }

    private IReadOnlyList<ChatMessage> Prompt(MaltRole role, RoleContext context) =>
        laboratory.Prompt(RolePrompt.PromptOf(role), RolePrompt.Variables(context.Question, context.Solution, context.Critique));
}
