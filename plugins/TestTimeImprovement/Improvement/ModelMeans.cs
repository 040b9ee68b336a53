using Agents.Models;
using Agents.Plugins.TestTimeImprovement.Uncertainty;
using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Improvement;

/// <summary>What the model of a request can do, and with it what the method does: where something is missing it degrades, unless a setting asks for exactly that.</summary>
/// <param name="Model">The model at the level of tokens; null behind an endpoint.</param>
/// <param name="Encoder">Its prompts as token ids; null behind an endpoint.</param>
/// <param name="Source">Makes temporary adapters; null where it cannot.</param>
/// <param name="Adapters">The adapters that the request runs with; empty for the base model. What is improved is the model under them.</param>
/// <param name="Actions">The functions that the task offers; null for open-ended tasks.</param>
/// <param name="Estimator">How the margin is measured.</param>
/// <param name="Update">What is done with the pairs.</param>
internal sealed record ModelMeans(
    ILanguageModel? Model, IConversationEncoder? Encoder, IAdaptationSource? Source, IReadOnlyList<AdapterUse> Adapters, CandidateActions? Actions, UncertaintyEstimator Estimator, AdaptationUpdate Update)
{
    /// <summary>Looks at the model and the task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="context">The request.</param>
    /// <param name="settings">The settings.</param>
    /// <exception cref="TestTimeImprovementException">A setting asks for what the model cannot do.</exception>
    public static ModelMeans Of(ReasoningTask task, IReasoningContext context, TestTimeImprovementSettings settings)
    {
        IChatClient client = context.Model();
        var model = client.GetService<ILanguageModel>();
        var encoder = client.GetService<IConversationEncoder>();
        IAdaptationSource? source = client.GetService<IAdaptationSource>();
        CandidateActions? actions = CandidateActions.Of(task, settings.DecisionPrefix);
        bool scores = encoder is not null && Can(model, LanguageModelCapabilities.Scoring);
        UncertaintyEstimator estimator = settings.Estimator switch
        {
            UncertaintyEstimator.Auto => actions is not null && scores ? UncertaintyEstimator.Rss : UncertaintyEstimator.Disagreement,
            UncertaintyEstimator.Rss when actions is not null && !scores => throw Missing("estimator 'rss' needs a model that scores the offered functions", "'disagreement' or 'auto'"),
            UncertaintyEstimator.Rss or UncertaintyEstimator.Perplexity when actions is null || settings.Estimator == UncertaintyEstimator.Perplexity =>
                Can(model, LanguageModelCapabilities.LogProbabilities) ? settings.Estimator : throw Missing($"estimator '{Name(settings.Estimator)}' needs a model that gives log-probabilities", "'disagreement' or 'auto'"),
            UncertaintyEstimator given => given,
        };
        AdaptationUpdate update = settings.Update switch
        {
            AdaptationUpdate.Lora when source is null => throw Missing("update 'lora' needs a model in this process that makes temporary adapters", "'icl', or leave it out"),
            null => source is null ? AdaptationUpdate.Icl : AdaptationUpdate.Lora,
            { } given => given,
        };
        return new ModelMeans(model, encoder, source, Served(task.Options, client), actions, estimator, update);
    }

    // Adapters of the request itself win over those that its role is bound to.
    private static IReadOnlyList<AdapterUse> Served(ChatOptions? options, IChatClient client)
    {
        object? value = null;
        options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.Adapters, out value);
        return value switch
        {
            string id => [new AdapterUse(id)],
            IEnumerable<AdapterUse> uses => [.. uses],
            _ => client.GetService<IReadOnlyList<AdapterUse>>() ?? [],
        };
    }

    private static bool Can(ILanguageModel? model, LanguageModelCapabilities capability) => model is not null && (model.Capabilities & capability) != 0;

    private static string Name(UncertaintyEstimator estimator) => estimator == UncertaintyEstimator.Rss ? "rss" : "perplexity";

    private static TestTimeImprovementException Missing(string need, string instead) => new($"The setting {need}, which the model of this request is not. Use {instead}.");
}
