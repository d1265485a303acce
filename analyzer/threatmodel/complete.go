package threatmodel

import "reflect"

// Complete gives every nil slice of the draft its empty value, so that its JSON has [] and never null.
func (d *Draft) Complete() { complete(reflect.ValueOf(d).Elem()) }

func complete(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			complete(v.Field(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		if k := v.Type().Elem().Kind(); k == reflect.Struct || k == reflect.Slice {
			for i := range v.Len() {
				complete(v.Index(i))
			}
		}
	}
}
