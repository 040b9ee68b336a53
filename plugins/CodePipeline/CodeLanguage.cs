using System.Text.Json.Serialization;

namespace Agents.Plugins.CodePipeline;

/// <summary>Language of the programs.</summary>
public enum CodeLanguage
{
    /// <summary>Read from the question: a code fence, a header, a doctest; Python where nothing tells.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto = 0,

    /// <summary>The project's mini-language, interpreted in process with a step limit.</summary>
    [JsonStringEnumMemberName("mini")]
    Mini = 1,

    /// <summary>Python 3, in a sandboxed process.</summary>
    [JsonStringEnumMemberName("python")]
    Python = 2,

    /// <summary>C#, in a sandboxed process.</summary>
    [JsonStringEnumMemberName("csharp")]
    CSharp = 3,
}
