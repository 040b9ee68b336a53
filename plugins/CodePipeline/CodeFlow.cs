using System.Text.Json.Serialization;

namespace Agents.Plugins.CodePipeline;

/// <summary>Which steps a request runs through (papers/62 §2).</summary>
public enum CodeFlow
{
    /// <summary>The coder alone: 1 call.</summary>
    [JsonStringEnumMemberName("basic")]
    Basic = 0,

    /// <summary>Analyst, coder: 2 calls.</summary>
    [JsonStringEnumMemberName("ac")]
    AnalystCoder = 1,

    /// <summary>Analyst, coder, tester loop: at most 9 calls.</summary>
    [JsonStringEnumMemberName("act")]
    AnalystCoderTester = 2,

    /// <summary>Coder, debug loop: at most 21 calls.</summary>
    [JsonStringEnumMemberName("debug")]
    Debug = 3,

    /// <summary>Analyst, coder, debug loop: at most 10 calls.</summary>
    [JsonStringEnumMemberName("ac-debug")]
    AnalystCoderDebug = 4,

    /// <summary>Analyst, coder, tester loop, debug loop: at most 17 calls.</summary>
    [JsonStringEnumMemberName("act-debug")]
    AnalystCoderTesterDebug = 5,
}
