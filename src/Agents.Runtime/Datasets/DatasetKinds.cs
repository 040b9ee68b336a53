namespace Agents.Runtime.Datasets;

/// <summary>Which training sets are made.</summary>
[Flags]
public enum DatasetKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Texts above the threshold, for supervised training: <c>sft.jsonl</c>.</summary>
    Supervised = 1,

    /// <summary>A better and a worse sibling, for preference training: <c>preference.jsonl</c>.</summary>
    Preference = 2,

    /// <summary>Every scored text with its value, for value-weighted training and value models: <c>value.jsonl</c>.</summary>
    Value = 4,

    /// <summary>Questions with their right answers, for reinforcement learning: <c>question.jsonl</c>.</summary>
    Question = 8,

    /// <summary>All of them.</summary>
    All = Supervised | Preference | Value | Question,
}
