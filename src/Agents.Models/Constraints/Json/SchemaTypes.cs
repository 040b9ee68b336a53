namespace Agents.Models.Constraints.Json;

/// <summary>Kinds of JSON values that a schema admits.</summary>
[Flags]
internal enum SchemaTypes
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Integer = 4,

    /// <summary>Any number; includes <see cref="Integer"/>.</summary>
    Number = 8 | Integer,
    String = 16,
    Array = 32,
    Object = 64,
    All = Null | Boolean | Number | String | Array | Object,
}
