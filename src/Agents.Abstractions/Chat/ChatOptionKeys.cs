namespace Agents;

/// <summary>Keys in <c>ChatOptions.AdditionalProperties</c> that our clients understand; other clients ignore them.</summary>
public static class ChatOptionKeys
{
    /// <summary>A boxed <see cref="SampleStream"/>: the random stream of this call. Without it a client derives one from the seed.</summary>
    public const string Stream = "agents.stream";

    /// <summary>A <see cref="string"/> or a sequence of <see cref="Agents.Models.AdapterUse"/>: the adapters this call runs with. Needs a model that has them loaded.</summary>
    public const string Adapters = "agents.adapters";

    /// <summary>
    /// A dictionary with string keys: further variables of the model's chat template, such as <c>enable_thinking</c>. Values are strings, booleans, numbers,
    /// JSON elements, dictionaries and sequences of them.
    /// </summary>
    public const string TemplateVariables = "agents.templateVariables";

    /// <summary>An <see cref="int"/>: how many most likely alternatives to report per token.</summary>
    public const string TopLogProbabilities = "agents.topLogProbabilities";

    /// <summary>
    /// An <see cref="int"/>: how many single calls a strategy starts together, this one and those still to start. Under a token limit they then share what is left and run at the
    /// same time; calls that do not say so wait for those in flight where the rest would not pay for them.
    /// </summary>
    public const string Together = "agents.together";

    /// <summary>A <see cref="string"/>: a regular expression that the whole answer must match. Needs a model that can decode under a grammar.</summary>
    public const string Regex = "agents.regex";
}
