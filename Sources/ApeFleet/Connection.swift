/// What a shell calls one connection by. It must be new for every connection of one machine's life.
package typealias ConnectionID = UInt64
