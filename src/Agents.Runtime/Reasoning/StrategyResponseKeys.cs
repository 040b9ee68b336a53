namespace Agents.Runtime.Reasoning;

/// <summary>Keys in <c>AdditionalProperties</c> of responses (and requests) of a <see cref="StrategyChatClient"/>. The names are a promise.</summary>
public static class StrategyResponseKeys
{
    /// <summary>On a response: the whole <see cref="ReasoningResult"/>, trace included.</summary>
    public const string Result = "agents.result";

    /// <summary>On a response: the trace, an <c>IReadOnlyList&lt;TraceNode&gt;</c>.</summary>
    public const string Trace = "agents.trace";

    /// <summary>On a response: the name of the <c>StoppedBecause</c> value, in camel case.</summary>
    public const string StoppedBecause = "agents.stoppedBecause";

    /// <summary>On a response: the strategy's id.</summary>
    public const string Strategy = "agents.strategy";

    /// <summary>In chat options: the <c>Budget</c> of this request, in place of the client's.</summary>
    public const string Budget = "agents.budget";
}
